"""Inviting people, first passwords, staff roles."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy

from kernel.accounts import access, actions
from kernel.accounts.models import Role, StaffRole, User
from kernel.audit.models import Decision
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_person, make_staff

pytestmark = pytest.mark.django_db


def invite(email="Rosa@Shop.Test", **fields):
    defaults = {
        "name": "Rosa",
        "language": "en",
        "at": MORNING,
        "subject": gettext_lazy("You are in"),
        "intro": lambda: "Your shop is live.",
    }
    return actions.invite_person(email=email, **defaults | fields)


def link_in(mail):
    return re.search(r"/account/welcome/([^/]+)/([^/]+)/", mail.body).groups()


def test_an_invited_person_has_no_password_and_gets_a_link():
    user = invite()
    assert user.email == "rosa@shop.test"
    assert not user.has_usable_password()
    mail = Mail.objects.get()
    assert (mail.to, mail.subject, mail.person) == ("rosa@shop.test", "You are in", user)
    assert "Your shop is live." in mail.body
    assert access.invited_person(*link_in(mail)) == user
    assert Job.objects.get().args == {"mail_id": mail.pk}


def test_who_has_a_password_is_told_where_to_sign_in():
    make_person("Rosa")
    invite()
    body = Mail.objects.get().body
    assert "/account/login/" in body
    assert "/welcome/" not in body
    assert User.objects.count() == 1


def test_the_link_works_once_and_proves_the_address():
    uid, token = link_in_mail_of(invite())
    user = actions.choose_first_password(uid=uid, token=token, password="correct horse battery")
    assert user.check_password("correct horse battery")
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)
    with pytest.raises(actions.WelcomeLinkIsOver, match="Ask for a new one"):
        actions.choose_first_password(uid=uid, token=token, password="something else again")
    user.refresh_from_db()
    assert user.check_password("correct horse battery")


def link_in_mail_of(user):
    return link_in(Mail.objects.get(person=user))


def test_the_link_dies_after_three_days(time_machine):
    time_machine.move_to(MORNING)
    uid, token = link_in_mail_of(invite())
    time_machine.move_to(MORNING.replace(day=23, hour=8))
    assert access.invited_person(uid, token)
    time_machine.move_to(MORNING.replace(day=23, hour=10))
    assert access.invited_person(uid, token) is None


@pytest.mark.parametrize("uid", ["", "x", "MTIz", "////", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_forged_link_names_nobody(uid):
    assert access.invited_person(uid, "c0ffee-abc") is None


def test_a_new_link_goes_only_to_people_without_a_password():
    rosa = invite()
    make_person("Zed")
    assert actions.send_new_welcome(email="ROSA@shop.test ", at=MORNING)
    assert not actions.send_new_welcome(email="zed@shop.test", at=MORNING)
    assert not actions.send_new_welcome(email="nobody@shop.test", at=MORNING)
    assert Mail.objects.count() == Mail.objects.filter(person=rosa).count() == 2


def test_staff_get_their_role_and_a_letter_once():
    user, is_new = actions.add_staff(email="Olga@Hub.Test", role="dispatcher", at=MORNING)
    again, is_new_again = actions.add_staff(email="olga@hub.test", role="dispatcher", at=MORNING)
    assert (is_new, is_new_again, again) == (True, False, user)
    assert StaffRole.objects.filter(user=user, role="dispatcher").count() == 1
    assert "Loads feeds and plans the day" in Mail.objects.get().body
    decision = Decision.objects.get()
    assert (decision.action, decision.facts) == ("grant_role", {"role": "dispatcher"})


def test_an_unknown_role_is_refused_and_nobody_is_made():
    with pytest.raises(actions.UnknownRole, match="There is no role “boss”"):
        actions.add_staff(email="olga@hub.test", role="boss", at=MORNING)
    assert not User.objects.exists()


def test_the_last_admin_stays():
    pavel = make_staff("Pavel", Role.ADMIN)
    with pytest.raises(actions.LastAdminStays, match="Somebody must run the portal"):
        actions.withdraw_role(user=pavel, role=Role.ADMIN, at=MORNING)
    assert StaffRole.objects.filter(user=pavel).exists()
    make_staff("Olga", Role.ADMIN)
    assert actions.withdraw_role(user=pavel, role=Role.ADMIN, at=MORNING)
    assert not StaffRole.objects.filter(user=pavel).exists()


def test_a_role_that_nobody_holds_is_not_withdrawn_twice():
    olga = make_staff("Olga", "support")
    assert actions.withdraw_role(user=olga, role="support", at=MORNING, by=olga)
    assert not actions.withdraw_role(user=olga, role="support", at=MORNING, by=olga)
    assert Decision.objects.filter(action="withdraw_role", by=olga).count() == 1


def test_letters_speak_a_known_language():
    assert invite(language="xx").language == "en"
    assert invite(email="ana@shop.test", language="es").language == "es"
