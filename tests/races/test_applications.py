"""Two reviewers at one application, one applicant at two buttons."""

import pytest

from hubshops.applications import actions, queries
from hubshops.applications.models import Application, ApplicationStatus, WaitlistEntry
from hubshops.shops.models import Shop
from kernel.notifications.models import Mail
from kernel.refusals import Refusal
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.applications.helpers import begin, send, write
from tests.hubshops.applications.test_actions import FACTS, apply
from tests.races.test_jobs import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def answer_of(act):
    try:
        return act()
    except Refusal as no:
        return no.sentence


def test_of_two_reviewers_one_decides_and_the_other_reads_who_it_was():
    olga, pavel = make_staff("Olga", "reviewer"), make_staff("Pavel", "reviewer")
    station, application = make_station(), apply()
    seen = queries.last_event(application).pk

    def approve():
        return actions.approve_application(
            application_id=application.pk,
            station=station,
            radius_m=3000,
            daily_cap=30,
            weekdays="12345",
            by=olga,
            at=MORNING,
            seen=seen,
        )

    def decline():
        return actions.decline_application(
            application_id=application.pk, reason="Full.", by=pavel, at=MORNING, seen=seen
        )

    answers = at_once(2, lambda place: answer_of([approve, decline][place]))
    refusals = [answer for answer in answers if isinstance(answer, str)]
    assert len(refusals) == 1
    assert "This application was decided already" in refusals[0]
    application.refresh_from_db()
    is_approved = application.status == ApplicationStatus.APPROVED
    assert Shop.objects.count() == is_approved
    assert ("by Olga" if is_approved else "by Pavel") in refusals[0]


def test_two_approvals_open_one_shop():
    olga, station, application = make_staff("Olga", "reviewer"), make_station(), apply()

    def approve(_place):
        return answer_of(
            lambda: actions.approve_application(
                application_id=application.pk,
                station=station,
                radius_m=3000,
                daily_cap=30,
                weekdays="12345",
                by=olga,
                at=MORNING,
            )
        )

    answers = at_once(3, approve)
    assert sum(isinstance(answer, str) for answer in answers) == 2
    assert Shop.objects.count() == 1
    assert Mail.objects.filter(subject="Yes: you are a partner shop").count() == 1


def test_a_double_tap_sends_one_application():
    def send(_place):
        return answer_of(lambda: actions.submit_application(**FACTS, at=MORNING))

    answers = at_once(4, send)
    assert sum(isinstance(answer, Application) for answer in answers) == 1
    assert Application.objects.count() == Mail.objects.count() == 1


def test_a_double_tap_on_accept_and_send_sends_one_draft_once():
    draft = write(begin())
    answers = at_once(4, lambda _place: answer_of(lambda: send(draft)))
    assert all(isinstance(answer, Application) for answer in answers)
    assert Application.objects.get().status == ApplicationStatus.SUBMITTED
    assert Mail.objects.filter(subject="We got your application").count() == 1


def test_of_two_drafts_of_one_shop_sent_at_once_one_is_looked_at():
    drafts = [write(begin()), write(begin())]
    answers = at_once(2, lambda place: answer_of(lambda: send(drafts[place])))
    assert sorted(answer.status for answer in answers) == ["repeated", "submitted"]
    assert Application.objects.undecided().count() == 1
    assert Mail.objects.filter(subject="We have your application already").count() == 1


def test_of_two_sweeps_one_tells_who_waits():
    entry = actions.join_waitlist(
        name="Rosa",
        email="rosa@shop.test",
        trade="bodega",
        postal_code="10001",
        language="en",
        at=MORNING,
    )
    actions.confirm_waitlist(reference=entry.reference, at=MORNING)
    told = at_once(2, lambda _place: actions.tell_who_waits(entry_id=entry.pk, at=MORNING))
    assert sorted(told) == [False, True]


def test_who_asks_for_the_waiting_list_twice_at_once_is_on_it_once():
    facts = {"name": "Rosa", "trade": "bodega", "postal_code": "10001", "language": "en"}

    def ask(_place):
        return actions.join_waitlist(email="rosa@shop.test", at=MORNING, **facts)

    assert len({entry.pk for entry in at_once(3, ask)}) == 1
    assert WaitlistEntry.objects.count() == 1


def test_an_applicant_and_a_reviewer_at_once_leave_one_decision():
    olga, application = make_staff("Olga", "reviewer"), apply()

    def withdraw():
        return actions.withdraw_application(reference=application.reference, at=MORNING)

    def decline():
        return actions.decline_application(
            application_id=application.pk, reason="Full.", by=olga, at=MORNING
        )

    answers = at_once(2, lambda place: answer_of([withdraw, decline][place]))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    decided = [event.kind for event in queries.events_of(application)][1:]
    assert decided in (["withdrawn"], ["declined"])
