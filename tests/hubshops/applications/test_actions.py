"""From an application to a shop, or to a clear no."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications import actions, queries
from hubshops.applications.models import Application, ApplicationEvent, ApplicationStatus
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import Decision
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import (
    MORNING,
    let_through,
    make_person,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "Rosa's Bodega",
    "trade": "bodega",
    "contact_name": "Rosa Marte",
    "email": "Rosa@Shop.test",
    "phone": "(479) 555-0110",
    "address1": "112 West Center Street",
    "city": "Fayetteville",
    "state": "AR",
    "postal_code": "72701",
    "weekdays": "123456",
    "daily_cap": 36,
    "travel": "bike",
}


def apply(**facts):
    """Rosa applies; nobody needs a background check."""
    application = actions.submit_application(**FACTS | {"at": MORNING} | facts)
    let_through(application)
    return application


def approve(application, by, **terms):
    agreed = {"radius_m": 3000, "daily_cap": 30, "weekdays": "12345"}
    return actions.approve_application(
        application_id=application.pk,
        station=terms.pop("station", None) or make_station(),
        by=by,
        at=MORNING,
        **agreed | terms,
    )


def kinds(application):
    return [event.kind for event in queries.events_of(application)]


def test_an_application_is_kept_confirmed_and_put_up_for_screening():
    application = apply()
    assert application.status == ApplicationStatus.SUBMITTED
    assert application.email == "rosa@shop.test"
    assert application.latitude == pytest.approx(36.052)
    mail = Mail.objects.get()
    assert mail.to == "rosa@shop.test"
    assert "You hear from us by Mon Nov 30." in mail.body  # a weekend and Thanksgiving between
    assert f"/apply/{application.reference}/" in mail.body
    assert {job.name for job in Job.objects.all()} == {"applications.screen", "notifications.send"}


def test_a_reference_can_not_be_guessed():
    references = {actions.new_reference() for _ in range(50)}
    assert len(references) == 50
    assert all(len(one) == 26 and one.isalnum() for one in references)


def test_the_same_shop_can_not_apply_twice_at_once():
    apply()
    with pytest.raises(actions.AlreadyApplied, match="We have an application from this shop"):
        apply(email="rosa@shop.test", address1="112 W Center St.")
    assert Application.objects.count() == 1
    assert Mail.objects.count() == 1


def test_another_street_or_a_withdrawn_application_is_no_twin():
    first = apply()
    apply(address1="9 Other St")
    actions.withdraw_application(reference=first.reference, at=MORNING)
    apply()
    assert Application.objects.count() == 3


def test_screening_finds_the_station_and_what_is_odd():
    station = make_station()
    make_shop("Zed's Flowers", phone="479 555 0110", address1="112 W. Center St")
    application = apply(email="rosa@gmail.com")
    assert perform_job(job_id=Job.objects.get(name="applications.screen").pk, clock=clock.now)
    application.refresh_from_db()
    assert application.station == station
    assert application.status == ApplicationStatus.SCREENING
    assert [one["code"] for one in application.findings] == [
        "same_street",
        "same_phone",
        "free_mail",
    ]
    assert kinds(application) == ["submitted", "screened"]


def test_screening_twice_changes_nothing():
    application = apply()
    first = actions.screen_application(application_id=application.pk, at=MORNING)
    again = actions.screen_application(application_id=application.pk, at=clock.now())
    assert again.screened_at == first.screened_at
    assert kinds(application) == ["submitted", "screened"]


def test_a_far_shop_gets_no_station():
    make_station(latitude=40.0, longitude=-80.0)
    application = actions.screen_application(application_id=apply().pk, at=MORNING)
    assert application.station is None
    assert application.findings[0]["code"] == "outside_every_area"


def test_an_unknown_zip_is_let_through_for_a_person_to_see():
    make_station()
    application = actions.screen_application(
        application_id=apply(postal_code="00000").pk, at=MORNING
    )
    assert application.latitude is None
    assert [one["code"] for one in application.findings] == ["unknown_zip"]


def test_a_known_person_and_a_recent_decline_are_noticed():
    olga = make_staff("Olga", "reviewer")
    make_person("Rosa", email="rosa@shop.test")
    actions.decline_application(application_id=apply().pk, reason="Full.", by=olga, at=MORNING)
    application = actions.screen_application(application_id=apply().pk, at=MORNING)
    found = {one["code"]: one["names"] for one in application.findings}
    assert found["same_email"] == ["Rosa"]
    assert found["declined_before"] == ["Rosa's Bodega"]


def test_approval_opens_the_shop_and_invites_its_owner():
    olga = make_staff("Olga", "reviewer")
    application = approve(apply(), olga)
    shop = Shop.objects.get()
    assert application.shop == shop
    assert (shop.name, shop.daily_cap, shop.radius_m) == ("Rosa's Bodega", 30, 3000)
    assert shop.travel_mode == application.travel
    assert shop.status == "preparing"  # no packages before it signed and practiced
    owner = User.objects.get(email="rosa@shop.test")
    assert shop.memberships.get().user == owner
    assert not owner.has_usable_password()
    assert {decision.action for decision in Decision.objects.filter(by=olga)} == {
        "open_shop",
        "approve_application",
    }
    letters = " ".join(Mail.objects.values_list("body", flat=True))
    assert "at most 30 packages a day" in letters
    assert "doors up to 1.9 mi" in letters
    assert "/account/welcome/" in letters
    assert kinds(application) == ["submitted", "approved"]


def test_a_shop_that_is_not_on_the_map_needs_its_place():
    olga = make_staff("Olga", "reviewer")
    application = apply(postal_code="00000")
    with pytest.raises(actions.NotOnTheMap, match="Give its latitude and longitude"):
        approve(application, olga, station=make_station())
    assert not Shop.objects.exists()
    approve(application, olga, station=make_station("TWO"), latitude=36.1, longitude=-94.1)
    assert Shop.objects.get().latitude == 36.1


def test_an_owner_reads_her_letters_in_her_language():
    application = apply(language="es")
    approve(application, make_staff("Olga", "reviewer"))
    assert application.language == User.objects.get(email="rosa@shop.test").language == "es"


def test_a_decline_needs_a_reason_and_says_it():
    olga = make_staff("Olga", "reviewer")
    application = apply()
    with pytest.raises(actions.ReasonIsMissing, match="Say why"):
        actions.decline_application(
            application_id=application.pk, reason=" \n", by=olga, at=MORNING
        )
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED
    actions.decline_application(
        application_id=application.pk, reason="We are full.", by=olga, at=MORNING
    )
    body = Mail.objects.order_by("-pk").first().body
    assert "We are full." in body
    assert "apply again from Feb. 18, 2027" in body
    assert Decision.objects.get().action == "decline_application"


def test_a_question_goes_out_and_its_answer_comes_back():
    olga = make_staff("Olga", "reviewer")
    application = apply()
    actions.ask_applicant(application_id=application.pk, question="Which car?", by=olga, at=MORNING)
    assert "Which car?" in Mail.objects.order_by("-pk").first().body
    answered = actions.answer_question(
        reference=application.reference, words="A blue van.", at=MORNING
    )
    assert answered.status == ApplicationStatus.SCREENING
    assert kinds(application) == ["submitted", "asked", "answered"]
    with pytest.raises(actions.NothingWasAsked, match="There is no open question"):
        actions.answer_question(reference=application.reference, words="More.", at=MORNING)


def test_an_empty_question_is_refused():
    application = apply()
    with pytest.raises(actions.QuestionIsMissing):
        actions.ask_applicant(
            application_id=application.pk, question="", by=make_staff(), at=MORNING
        )
    assert kinds(application) == ["submitted"]


def test_a_decision_made_meanwhile_blocks_and_names_its_maker():
    olga, pavel = make_staff("Olga", "reviewer"), make_staff("Pavel", "reviewer")
    application = apply()
    seen = queries.last_event(application).pk
    actions.ask_applicant(
        application_id=application.pk, question="Which car?", by=olga, at=MORNING, seen=seen
    )
    with pytest.raises(actions.ChangedMeanwhile, match="We asked a question, by Olga"):
        actions.decline_application(
            application_id=application.pk, reason="Full.", by=pavel, at=MORNING, seen=seen
        )
    actions.decline_application(application_id=application.pk, reason="Full.", by=olga, at=MORNING)
    with pytest.raises(actions.AlreadyDecided, match="Declined, by Olga"):
        approve(application, pavel)
    assert not Shop.objects.exists()


def test_an_applicant_takes_her_application_back_once():
    application = apply()
    actions.withdraw_application(reference=application.reference, at=MORNING)
    actions.withdraw_application(reference=application.reference, at=MORNING)
    assert kinds(application) == ["submitted", "withdrawn"]


def test_what_is_decided_can_not_be_taken_back():
    application = approve(apply(), make_staff("Olga", "reviewer"))
    with pytest.raises(actions.TooLateToWithdraw, match="call us"):
        actions.withdraw_application(reference=application.reference, at=MORNING)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.APPROVED


@pytest.mark.parametrize(
    "change", ["UPDATE application_event SET words = 'x'", "DELETE FROM application_event"]
)
def test_history_can_not_be_rewritten(change):
    apply()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("status = 'approved'", "application_approved_iff_it_has_a_shop"),
        ("status = 'declined'", "application_declined_with_a_reason"),
    ],
)
def test_the_table_refuses_half_a_decision(change, law):
    apply()
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        connection.cursor().execute(f"UPDATE application SET {change}")


def test_an_application_is_decided_once():
    application = apply()
    actions.withdraw_application(reference=application.reference, at=MORNING)
    with pytest.raises(IntegrityError, match="application_decided_once"), transaction.atomic():
        ApplicationEvent.objects.create(application=application, kind="approved", at=MORNING)
