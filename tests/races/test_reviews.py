"""Two reviewers at one application, two clicks at one check: on real connections, one of two."""

import pytest

from hubshops.applications import queries
from hubshops.applications.models import Application
from hubshops.reviews import actions
from hubshops.reviews.models import BackgroundCheck, Claim
from hubshops.shops.models import Shop
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.applications.test_actions import apply
from tests.hubshops.reviews.helpers import checking, consent, report
from tests.races.test_applications import answer_of
from tests.races.test_jobs import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(answers):
    return [answer for answer in answers if isinstance(answer, str)]


def test_of_two_who_reach_for_an_application_one_has_it_in_hand():
    people = [make_staff("Olga", "reviewer"), make_staff("Pavel", "reviewer")]
    application = apply()

    def claim(place):
        facts = {"application_id": application.pk, "by": people[place], "at": MORNING}
        return answer_of(lambda: actions.claim_application(**facts))

    answers = at_once(2, claim)
    (no,) = refusals(answers)
    assert "has this application in hand until" in no
    assert str(Claim.objects.get().by) in no


def test_of_two_decisions_one_counts():
    olga, pavel = make_staff("Olga", "reviewer"), make_staff("Pavel", "reviewer")
    station, application = make_station(), apply()
    seen = queries.last_event(application).pk
    facts = {"application_id": application.pk, "at": MORNING, "seen": seen}

    def approve():
        terms = {"station": station, "radius_m": 3000, "daily_cap": 30, "weekdays": "12345"}
        return actions.approve(**facts, by=olga, **terms)

    def waitlist():
        return actions.waitlist(**facts, by=pavel)

    answers = at_once(2, lambda place: answer_of([approve, waitlist][place]))
    (no,) = refusals(answers)
    status = Application.objects.get().status
    assert status in ("approved", "waitlisted")
    assert ("by Olga" if status == "approved" else "by Pavel") in no
    assert Shop.objects.count() == (status == "approved")


def test_a_person_who_agrees_while_the_application_ends_leaves_no_order():
    olga = make_staff("Olga", "reviewer")
    application, (check, _other) = checking(olga)
    facts = {"application_id": application.pk, "by": olga, "at": MORNING}

    def decline():
        return actions.decline(**facts, reason="Full.")

    answers = at_once(2, lambda place: answer_of([decline, lambda: consent(check)][place]))
    assert Application.objects.get().status == "declined"
    kept = BackgroundCheck.objects.get(pk=check.pk)
    assert (kept.consented_at is None) == bool(refusals(answers))


def test_a_report_that_two_send_leaves_once():
    olga = make_staff("Olga", "reviewer")
    _application, (check, _other) = checking(olga)
    report(check, olga, is_clear=False)
    answers = at_once(
        3,
        lambda _place: answer_of(
            lambda: actions.send_report(check_id=check.pk, by=olga, at=MORNING)
        ),
    )
    assert len(refusals(answers)) == 2
    assert Mail.objects.filter(subject="Please read your background report").count() == 1
