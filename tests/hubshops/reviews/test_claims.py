"""One reviewer has an application in hand at a time."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications.models import Application
from hubshops.reviews import actions, queries
from hubshops.reviews.models import Claim
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff
from tests.hubshops.applications.test_actions import apply
from tests.hubshops.reviews.helpers import AN_HOUR, checking, consent, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


@pytest.fixture
def pavel():
    return make_staff("Pavel", "reviewer")


def claim(application, by, at=MORNING):
    return actions.claim_application(application_id=application.pk, by=by, at=at)


def test_what_another_has_in_hand_is_refused_and_nothing_is_written(olga, pavel):
    application = apply()
    claim(application, olga)
    facts = {"application_id": application.pk, "by": pavel, "at": MORNING}
    before = Mail.objects.count()
    for act in (
        lambda: actions.claim_application(**facts),
        lambda: actions.decline(**facts, reason="Full."),
        lambda: actions.ask(**facts, question="Which car?"),
        lambda: actions.waitlist(**facts),
        lambda: actions.add_person(**facts, name="Ana", email="ana@shop.test"),
    ):
        with pytest.raises(actions.HeldByAnother, match="Olga has this application in hand until"):
            act()
    assert Claim.objects.get().by == olga
    assert Application.objects.get().status == "submitted"
    assert Mail.objects.count() == before


def test_a_step_of_a_check_too_is_for_who_has_it_in_hand(olga, pavel):
    application, (check, _other) = checking(olga)
    consent(check)
    claim(application, olga)
    with pytest.raises(actions.HeldByAnother):
        order(check, pavel)
    check.refresh_from_db()
    assert check.status == "consented"


def test_a_claim_ends_by_itself_after_four_hours(olga, pavel):
    application = apply()
    claim(application, olga)
    with pytest.raises(actions.HeldByAnother):
        claim(application, pavel, MORNING + 3 * AN_HOUR)
    assert claim(application, pavel, MORNING + 4 * AN_HOUR).by == pavel
    assert Claim.objects.count() == 1


def test_it_is_taken_over_on_purpose_and_that_is_kept(olga, pavel):
    application = apply()
    claim(application, olga)
    actions.take_over(application_id=application.pk, by=pavel, at=MORNING)
    assert queries.claim_of(application, MORNING).by == pavel
    decision = Decision.objects.get(action="take_over")
    assert (decision.by, decision.facts) == (pavel, {"held_by": olga.pk})


def test_it_is_laid_down_only_by_who_has_it(olga, pavel):
    application = apply()
    claim(application, olga)
    assert not actions.let_go(application_id=application.pk, by=pavel)
    assert actions.let_go(application_id=application.pk, by=olga)
    assert not Claim.objects.exists()


def test_a_decision_lays_it_down(olga):
    application = apply()
    claim(application, olga)
    actions.decline(application_id=application.pk, reason="Full.", by=olga, at=MORNING)
    assert not Claim.objects.exists()


def test_the_table_holds_one_claim_that_ends(olga, pavel):
    application = apply()
    claim(application, olga)
    with pytest.raises(IntegrityError, match="application_claim_pkey"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO application_claim SELECT application_id, at, until, %s"
            " FROM application_claim",
            [pavel.pk],
        )
    with pytest.raises(IntegrityError, match="application_claim_ends"), transaction.atomic():
        connection.cursor().execute("UPDATE application_claim SET until = at")
