"""Waiting lists, appeals, and what an application's state allows."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hubshops.applications import rules
from hubshops.applications.actions import (
    AlreadyDecided,
    AppealIsMissing,
    NotFromHere,
    TooLateToAppeal,
    appeal_decision,
    withdraw_application,
)
from hubshops.applications.models import Application, ApplicationStatus
from hubshops.applications.queries import events_of
from hubshops.reviews import actions, queries
from kernel.notifications.models import Mail
from kernel.refusals import Refusal
from tests.factories import MORNING, make_staff
from tests.hubshops.applications.test_actions import apply
from tests.hubshops.applications.test_moves import HAS_A_SHOP
from tests.hubshops.reviews.helpers import screened

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


@pytest.fixture
def pavel():
    return make_staff("Pavel", "reviewer")


def facts(application, by, at=MORNING):
    return {"application_id": application.pk, "by": by, "at": at}


def appeal(application, words="We have a new back room.", at=MORNING):
    return appeal_decision(reference=application.reference, words=words, at=at)


def test_a_good_shop_in_a_full_area_waits_and_is_taken_off_the_list(olga):
    application = actions.waitlist(**facts(apply(), olga))
    assert application.status == "waitlisted"
    body = Mail.objects.order_by("pk").last().body
    assert "on our waiting list. We look again and write to you by" in body
    application = actions.take_off_list(**facts(application, olga))
    assert application.status == "screening"
    assert [event.kind for event in events_of(application)][-2:] == ["waitlisted", "unlisted"]
    with pytest.raises(NotFromHere, match="can't be done now"):
        actions.take_off_list(**facts(application, olga))


def test_an_applicant_leaves_the_waiting_list_herself(olga):
    application = actions.waitlist(**facts(apply(), olga))
    assert withdraw_application(reference=application.reference, at=MORNING).status == "withdrawn"


def test_a_decline_may_be_appealed_once_and_another_reviewer_hears_it(olga, pavel):
    application = actions.decline(**facts(apply(), olga), reason="No room.")
    letter = Mail.objects.order_by("pk").last().body
    assert "say so on your page until Dec. 20, 2026" in letter
    appealed = appeal(application)
    assert (appealed.status, appealed.appeal_against) == ("screening", olga)
    assert "Another person looks" in Mail.objects.order_by("pk").last().body
    with pytest.raises(actions.AppealIsAnothers, match="Another reviewer decides"):
        actions.decline(**facts(application, olga), reason="Still no.")
    with pytest.raises(actions.AppealIsAnothers):
        actions.take_over(**facts(application, olga))
    application.refresh_from_db()
    assert application.status == "screening"
    actions.decline(**facts(application, pavel), reason="The room is wet.")
    assert "say so on your page" not in Mail.objects.order_by("pk").last().body
    with pytest.raises(TooLateToAppeal, match="can't be looked at again"):
        appeal(application)
    kinds = [event.kind for event in events_of(application)]
    assert kinds == ["submitted", "declined", "appealed", "declined"]


def test_an_appeal_has_thirty_days_and_words(olga):
    application = actions.decline(**facts(apply(), olga), reason="No room.")
    with pytest.raises(AppealIsMissing, match="what we got wrong"):
        appeal(application, words=" ")
    with pytest.raises(TooLateToAppeal):
        appeal(application, at=MORNING + 30 * A_DAY)
    application.refresh_from_db()
    assert application.status == "declined"
    assert appeal(application, at=MORNING + 29 * A_DAY).status == "screening"


def test_the_table_lets_nobody_hear_the_appeal_against_herself(olga):
    application = actions.decline(**facts(apply(), olga), reason="No room.")
    appeal(application)
    with (
        pytest.raises(IntegrityError, match="application_appeal_is_decided_by_another"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=application.pk).update(decided_by=olga)
    with pytest.raises(IntegrityError, match="application_appealed_once"), transaction.atomic():
        application.events.create(kind="appealed", at=MORNING)


def test_what_was_decided_before_is_shown(olga):
    before = actions.decline(**facts(apply(), olga), reason="No room.")
    other = actions.decline(**facts(apply(address1="9 Other St"), olga), reason="Far.")
    elsewhere = {"address1": "1 Far St", "email": "zed@shop.test", "phone": "(479) 555-0199"}
    actions.decline(**facts(apply(**elsewhere), olga), reason="Far.")
    assert queries.earlier_decisions(apply()) == [other, before]


ACTS = {
    "checks_running": lambda facts: actions.start_checks(**facts),
    "approved": lambda facts: actions.approve(**facts),
    "info_needed": lambda facts: actions.ask(**facts, question="Which car?"),
    "waitlisted": lambda facts: actions.waitlist(**facts),
    "declined": lambda facts: actions.decline(**facts, reason="Full."),
}


@pytest.mark.parametrize("one", ApplicationStatus.values)
def test_every_decision_that_the_table_does_not_know_is_refused(olga, one):
    application = screened()
    put(application, one)
    before = Mail.objects.count(), application.events.count()
    for target, act in ACTS.items():
        if target in rules.MOVES[one]:
            continue
        with pytest.raises((NotFromHere, AlreadyDecided)) as no:
            act(facts(application, olga))
        assert "{" not in no.value.sentence
        assert "Nothing was changed" in no.value.sentence
    if one != "waitlisted":
        with pytest.raises(Refusal):
            actions.take_off_list(**facts(application, olga))
    application.refresh_from_db()
    assert application.status == one
    assert (Mail.objects.count(), application.events.count()) == before


def put(application, status):
    """A state as far as the other laws go, past the table of moves."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE application DROP CONSTRAINT {HAS_A_SHOP}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE application SET decision_reason = 'x', saved_at = now(), status = %s", [status]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
