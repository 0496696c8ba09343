"""A background check takes its steps in the order of the law, each with its letter."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications.queries import events_of
from hubshops.reviews import actions, rules
from hubshops.reviews.models import BackgroundCheck, CheckMove, CheckStatus
from hubshops.shops.models import Shop
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.reviews.helpers import checking, consent, order, report, screened

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
TERMS = {"radius_m": 3000, "daily_cap": 30, "weekdays": "12345"}


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


def letters_to(person):
    return list(
        Mail.objects.filter(to=f"{person}@shop.test")
        .order_by("pk")
        .values_list("subject", flat=True)
    )


def approve(application, by):
    return actions.approve(
        application_id=application.pk, station=make_station(), by=by, at=MORNING, **TERMS
    )


def kinds(application):
    return [event.kind for event in events_of(application)]


def test_everybody_who_delivers_is_asked_in_her_language(olga):
    application, checks = checking(olga, language="es")
    assert application.status == "checks_running"
    assert {check.status for check in checks} == {"asked"}
    mail = Mail.objects.filter(to="sam@shop.test").get()
    assert f"/check/{checks[1].token}/" in mail.body
    assert "Hola, Sam:" in mail.body


def test_who_named_nobody_delivers_herself(olga):
    application, (check,) = checking(olga, people=())
    assert (check.person.name, check.person.email) == ("Rosa Marte", "rosa@shop.test")
    assert application.people.count() == 1


def test_a_yes_is_kept_whole_and_the_order_is_left_to_a_person(olga):
    _application, (check, _other) = checking(olga)
    kept = consent(check)
    assert (kept.consent_name, kept.consent_address) == ("Sam Okafor", "203.0.113.7")
    assert (kept.consent_device, kept.consent_text) == ("A phone", rules.CONSENT_TEXT)
    assert consent(check).consented_at == kept.consented_at
    assert perform_job(job_id=Job.objects.get(name="reviews.order").pk, clock=clock.now)
    check.refresh_from_db()
    assert check.status == "consented"
    assert letters_to("rosa")[-1] == "You agreed to a background check"


def test_nobody_agrees_without_a_name_or_once_the_application_is_over(olga):
    application, (check, other) = checking(olga)
    with pytest.raises(actions.NameIsMissing, match="Write your full name"):
        actions.give_consent(
            token=check.token, name=" ", address="a", device="b", language="en", at=MORNING
        )
    actions.decline(application_id=application.pk, reason="Full.", by=olga, at=MORNING)
    with pytest.raises(actions.NoCheckNow, match="nothing more is needed"):
        consent(other)
    assert not BackgroundCheck.objects.exclude(consented_at=None).exists()


def test_a_no_is_kept_once_seen_by_staff_and_may_become_a_yes(olga, client):
    application, (check, _other) = checking(olga)
    page = f"/check/{check.token}/"
    for _twice in range(2):
        said = client.post(page, {"no": "1"}, follow=True).content.decode()
    assert "You said no on" in said
    assert [one.step for one in check.events.all()] == ["asked", "said_no"]
    client.force_login(olga)
    assert "Said no" in client.get(f"/ops/applications/{application.pk}/").content.decode()
    assert consent(check).said_no_at is None
    with pytest.raises(actions.StepIsOver, match="went on meanwhile"):
        actions.refuse_consent(token=check.token, at=MORNING)


def test_clear_checks_open_the_way_to_a_yes(olga):
    application, (rosas, sams) = checking(olga)
    report(rosas, olga, is_clear=True)
    with pytest.raises(actions.PeopleAreNotChecked, match="Open: Sam"):
        approve(application, olga)
    assert not Shop.objects.exists()
    report(sams, olga, is_clear=True)
    assert kinds(application)[-1] == "checks_done"
    make = {"application_id": application.pk, "by": olga, "at": MORNING}
    approved = actions.approve(**make, station=make_station("TWO"), **TERMS)
    assert approved.status == "approved"


def test_nobody_named_is_no_way_to_a_yes(olga):
    application = screened(people=())
    with pytest.raises(actions.NobodyIsNamed, match="Start the checks first"):
        approve(application, olga)
    assert not Shop.objects.exists()


def test_a_report_goes_to_its_person_first_and_waits_five_business_days(olga):
    application, (rosas, sams) = checking(olga)
    report(rosas, olga, is_clear=True)
    report(sams, olga, is_clear=False)
    sent = actions.send_report(check_id=sams.pk, by=olga, at=MORNING)
    application.refresh_from_db()
    assert application.status == "pre_adverse"
    assert sent.adverse_from == dt.date(2026, 12, 1)  # Thanksgiving and a weekend between
    body = Mail.objects.filter(to="sam@shop.test").order_by("pk").last().body
    assert "answer by the end of Mon Nov 30" in body
    assert "Speeding" not in body
    facts = {"check_id": sams.pk, "reason": "Too fast.", "by": olga}
    last = dt.datetime(2026, 11, 30, 23, 0, tzinfo=MORNING.tzinfo)
    with pytest.raises(actions.TooEarly, match="Sam has until Mon Nov 30 to answer"):
        actions.refuse_person(**facts, at=last)
    with pytest.raises(actions.ReportIsWithItsPerson, match="Sam has the report since Fri Nov 20"):
        actions.decline(application_id=application.pk, reason="No.", by=olga, at=MORNING)
    actions.answer_report(token=sams.token, words="That was my brother.", at=MORNING)
    actions.refuse_person(**facts, at=last + A_DAY)
    application.refresh_from_db()
    assert application.status == "checks_running"
    assert letters_to("sam")[-2:] == [
        "Please read your background report",
        "Our answer about your background report",
    ]
    with pytest.raises(actions.PeopleAreNotChecked):
        approve(application, olga)
    actions.excuse_check(check_id=sams.pk, reason="Does not deliver.", by=olga, at=last + A_DAY)
    assert kinds(application)[-1] == "checks_done"


def test_nobody_is_declined_over_a_report_that_she_was_not_sent(olga):
    application, (rosas, _sams) = checking(olga)
    report(rosas, olga, is_clear=False)
    facts = {"application_id": application.pk, "reason": "No.", "by": olga, "at": MORNING}
    with pytest.raises(actions.ReportIsToBeSent, match="Clear the check first, or send Rosa"):
        actions.decline(**facts)
    application.refresh_from_db()
    assert application.status == "checks_running"
    actions.clear_check(check_id=rosas.pk, reason="Long ago.", by=olga, at=MORNING)
    assert actions.decline(**facts).status == "declined"


def test_a_report_is_kept_sealed(olga):
    _application, (check, _other) = checking(olga)
    kept = report(check, olga, is_clear=False)
    assert "Speeding" not in kept.report
    assert kept.report_words == "Speeding in 2024."


def test_what_the_report_says_and_every_end_need_words(olga):
    _application, (check, _other) = checking(olga)
    consent(check)
    order(check, olga)
    facts = {"check_id": check.pk, "by": olga, "at": MORNING}
    with pytest.raises(actions.ReportIsMissing, match="Copy what the report says"):
        actions.record_result(**facts, is_clear=False, report=" ")
    with pytest.raises(actions.ReasonOfCheckIsMissing, match="Write the reason"):
        actions.excuse_check(**facts, reason="")
    check.refresh_from_db()
    assert check.status == "ordered"


def test_there_is_nothing_to_answer_before_the_report_is_sent(olga):
    _application, (check, _other) = checking(olga)
    with pytest.raises(actions.NothingToAnswer, match="call us"):
        actions.answer_report(token=check.token, words="No.", at=MORNING)
    assert check.events.count() == 1


def test_the_table_of_moves_is_the_rule():
    known = {(move.source, move.target) for move in CheckMove.objects.all()}
    assert known == {(one, other) for one, others in rules.CHECK_MOVES.items() for other in others}
    assert rules.CHECK_MOVES.keys() == set(CheckStatus.values)


ACTS = {
    "ordered": lambda facts: actions.order_check(**facts, order_reference="1", provider="manual"),
    "clear": lambda facts: actions.record_result(**facts, is_clear=True, report=""),
    "consider": lambda facts: actions.record_result(**facts, is_clear=False, report="x"),
    "pre_adverse": lambda facts: actions.send_report(**facts),
    "cleared": lambda facts: actions.clear_check(**facts, reason="x"),
    "adverse": lambda facts: actions.refuse_person(**facts, reason="x"),
    "excused": lambda facts: actions.excuse_check(**facts, reason="x"),
}
WHOLE = {
    "consented_at": MORNING,
    "consent_name": "Sam",
    "consent_text": "1",
    "consent_address": "a",
    "consent_device": "b",
    "ordered_at": MORNING,
    "provider": "manual",
    "reason": "x",
}


def set_by_hand(check, status, **fields):
    """A state as far as the other laws go, past the table of moves."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        BackgroundCheck.objects.filter(pk=check.pk).update(status=status, **fields)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("one", CheckStatus.values)
def test_every_step_that_is_not_in_the_table_is_refused(olga, one):
    _application, (check, _other) = checking(olga)
    first = MORNING.date()
    waited = {"report": "x", "report_sent_on": first - 9 * A_DAY, "adverse_from": first}
    set_by_hand(check, one, **WHOLE, **waited, finished_on=first)
    for target, act in ACTS.items():
        if target not in rules.CHECK_MOVES[one]:
            with pytest.raises(actions.StepIsOver, match="Nothing was changed"):
                act({"check_id": check.pk, "by": olga, "at": MORNING})
    for target in CheckStatus.values:
        if target in {one, *rules.CHECK_MOVES[one]}:
            continue
        with pytest.raises(IntegrityError, match="may not go"), transaction.atomic():
            BackgroundCheck.objects.filter(pk=check.pk).update(status=target)
    check.refresh_from_db()
    assert check.status == one


def update(check, **fields):
    with transaction.atomic():
        BackgroundCheck.objects.filter(pk=check.pk).update(**fields)


def test_the_table_knows_no_order_without_a_whole_yes(olga):
    _application, (check, other) = checking(olga)
    with pytest.raises(IntegrityError, match="ordered_after_consent"):
        update(check, ordered_at=MORNING, provider="manual")
    with pytest.raises(IntegrityError, match="consent_is_whole"):
        update(check, status="consented", consented_at=MORNING, consent_name="Sam")
    consent(check, MORNING)
    with pytest.raises(IntegrityError, match="ordered_after_consent"):
        update(check, status="ordered", ordered_at=MORNING - A_DAY, provider="manual")
    with pytest.raises(IntegrityError, match="ordered_before_its_result"):
        update(check, status="ordered")
    with pytest.raises(IntegrityError, match="stays as it was given"):
        update(check, consent_name="Zed")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        connection.cursor().execute("DELETE FROM background_check")
    with pytest.raises(IntegrityError, match="begins by asking"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO background_check (person_id, token, status, asked_at, consent_name,"
            " consent_text, consent_language, consent_address, consent_device, provider,"
            " order_reference, report, reason)"
            " SELECT person_id, 'x', 'clear', asked_at, '', '', '', '', '', '', '', '', ''"
            " FROM background_check WHERE id = %s",
            [other.pk],
        )


def test_the_table_knows_no_final_no_before_five_business_days(olga):
    _application, (check, _other) = checking(olga)
    report(check, olga, is_clear=False)
    today = MORNING.date()
    with pytest.raises(IntegrityError, match="report_is_with_its_person"):
        update(check, status="pre_adverse")
    with pytest.raises(IntegrityError, match="less than five business days"):
        update(
            check,
            status="pre_adverse",
            report_sent_on=today,
            adverse_from=today + 7 * A_DAY,  # a Friday: four weekdays lie between
        )
    sent = actions.send_report(check_id=check.pk, by=olga, at=MORNING)
    for fields in ({"adverse_from": today}, {"report_sent_on": today - A_DAY}, {"report": "y"}):
        with pytest.raises(IntegrityError, match="stays, and so does her time"):
            update(check, **fields)
    end = {"status": "adverse", "reason": "x"}
    for day in (None, sent.adverse_from - A_DAY):
        with pytest.raises(IntegrityError, match="adverse_after_five_business_days"):
            update(check, **end, finished_on=day)
    with pytest.raises(IntegrityError, match="ends_with_a_reason"):
        update(check, status="adverse", finished_on=sent.adverse_from)


def test_the_table_refuses_a_decision_that_skips_the_checks(olga):
    application, (rosas, sams) = checking(olga)
    report(rosas, olga, is_clear=True)
    report(sams, olga, is_clear=False)

    def decide(status):
        with transaction.atomic():
            type(application).objects.filter(pk=application.pk).update(
                status=status, decision_reason="x"
            )

    with pytest.raises(IntegrityError, match="neither checked nor excused"):
        decide("approved")
    with pytest.raises(IntegrityError, match="clear it, or send it to its person"):
        decide("declined")
    actions.send_report(check_id=sams.pk, by=olga, at=MORNING)
    with pytest.raises(IntegrityError, match="she has five business days"):
        decide("declined")
    nobodys = screened(people=(), address1="9 Other St")
    with pytest.raises(IntegrityError, match="neither checked nor excused"), transaction.atomic():
        type(nobodys).objects.filter(pk=nobodys.pk).update(status="approved")


def test_another_name_is_asked_about_once_and_staff_see_it(client, olga):
    _application, (_rosa, check) = checking(olga)
    page = f"/check/{check.token}/"
    answer = client.post(page, {"name": "Mickey Mouse"})
    assert answer.status_code == 422
    assert "You are named here as Sam." in answer.content.decode()
    assert "This is my name" in answer.content.decode()
    check.refresh_from_db()
    assert check.consented_at is None
    client.post(page, {"name": "Mickey Mouse", "is_mine": "on"})
    check.refresh_from_db()
    assert check.consent_name == "Mickey Mouse"
    client.force_login(olga)
    body = client.get(f"/ops/checks/{check.pk}/").content.decode()
    assert "Not the name we were told" in body
