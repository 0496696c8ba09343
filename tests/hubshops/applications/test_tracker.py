"""Where an application stands: one headline a state, a promised day, and a word before silence."""

import datetime as dt

import pytest

from hubshops.applications import actions, queries, rules
from hubshops.applications.models import ApplicationEvent, ApplicationStatus
from hubshops.applications.views.status import headline_of
from hubshops.documents.queries import Paper, dossier_of, what_waits_for_holder
from kernel import clock
from kernel.jobs.actions import perform_job, start_job
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff
from tests.hubshops.applications.helpers import begin, send, write
from tests.hubshops.applications.test_actions import apply, approve
from tests.hubshops.reviews.test_deciding import put

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
JARGON = ("screening", "pre-adverse", "adverse", "FCRA", "pending", "processing", "status")


@pytest.mark.parametrize("status", ApplicationStatus.values)
def test_every_state_has_its_headline_its_day_and_no_jargon(client, status):
    application = apply()
    put(application, status)
    application.refresh_from_db()
    headline = queries.headline(application, MORNING)
    assert headline.title
    assert headline.lead
    assert "{" not in headline.lead
    said = f"{headline.title} {headline.lead}".lower()
    assert not [word for word in JARGON if word.lower() in said]
    if status in rules.PROMISED_WORKDAYS:
        assert "Nov" in headline.lead
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert headline.title.replace("'", "&#x27;") in body


def test_what_promises_a_day_speaks_of_it_in_its_state():
    assert set(queries.HEADLINES) == set(ApplicationStatus.values)
    for status, (_title, lead) in queries.HEADLINES.items():
        assert ("{day}" in str(lead)) == (status in rules.PROMISED_WORKDAYS), status


def test_each_step_sets_the_day():
    application, olga = apply(), make_staff("Olga", "reviewer")
    assert application.promised_on == dt.date(2026, 11, 30)
    asked = actions.ask_applicant(application_id=application.pk, question="?", by=olga, at=MORNING)
    assert asked.promised_on == dt.date(2026, 12, 7)
    answered = actions.answer_question(
        reference=application.reference, words="Yes.", at=MORNING + 3 * A_DAY
    )
    assert answered.promised_on == dt.date(2026, 12, 1)
    declined = actions.decline_application(
        application_id=application.pk, reason="Full.", by=olga, at=MORNING
    )
    assert declined.promised_on is None


def late_letters():
    return Mail.objects.filter(subject="We are late with your application")


def test_when_a_day_passes_we_say_so_first_and_once(time_machine, client):
    application = apply()
    time_machine.move_to(dt.datetime(2026, 11, 30, 22, 0, tzinfo=MORNING.tzinfo))
    sweep()
    assert not late_letters().exists()
    time_machine.move_to(dt.datetime(2026, 12, 1, 9, 0, tzinfo=MORNING.tzinfo))
    sweep()
    sweep()
    letter = late_letters().get()
    assert letter.to == "rosa@shop.test"
    assert "You hear from us by Fri Dec 4." in letter.body
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert "We missed our date" in body
    assert "You hear from us by Fri Dec 4." in body
    time_machine.move_to(dt.datetime(2026, 12, 5, 9, 0, tzinfo=MORNING.tzinfo))
    sweep()
    assert late_letters().count() == 2


def sweep() -> None:
    """What the scheduler starts each hour."""
    job = start_job("applications.apologise", at=clock.now())
    assert perform_job(job_id=job.pk, clock=clock.now)


# An approved shop waits for our agreement, so that is ours to keep.
@pytest.mark.parametrize("status", ["info_needed", "practice", "declined", "withdrawn", "live"])
def test_nobody_is_told_that_we_are_late_where_the_next_step_is_not_ours(status):
    application = apply()
    put(application, status)
    far = MORNING + 90 * A_DAY
    assert queries.lapsed(far) == []
    assert not actions.apologise(application_id=application.pk, at=far)
    assert not late_letters().exists()


def test_the_agreement_is_promised_for_a_day_and_its_lateness_admitted(client, time_machine):
    time_machine.move_to(MORNING)
    application = approve(apply(), make_staff("Olga", "reviewer"))
    assert application.promised_on == dt.date(2026, 11, 24)
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert "The agreement to sign follows by" in body
    assert "We call you" not in body
    late = MORNING + 5 * A_DAY
    assert queries.lapsed(late) == [application.pk]
    assert actions.apologise(application_id=application.pk, at=late)
    assert late_letters().count() == 1


def ask(at=MORNING):
    application = apply()
    return actions.ask_applicant(
        application_id=application.pk, question="Which car?", by=make_staff("Olga"), at=at
    )


def tidy(time_machine, day):
    time_machine.move_to(dt.datetime(*day, 15, 10, tzinfo=dt.UTC))
    job = start_job("applications.tidy", at=clock.now())
    assert perform_job(job_id=job.pk, clock=clock.now)


def test_a_question_without_an_answer_is_asked_once_more_and_then_runs_out(client, time_machine):
    application = ask()
    assert application.promised_on == dt.date(2026, 12, 7)
    again = Mail.objects.filter(subject="We still have a question about your application")
    tidy(time_machine, (2026, 12, 7))
    assert not again.exists()
    for day in ((2026, 12, 8), (2026, 12, 9), (2027, 1, 6)):
        tidy(time_machine, day)
    application.refresh_from_db()
    assert (application.status, application.promised_on) == ("info_needed", dt.date(2026, 12, 7))
    assert "Which car?" in again.get().body
    assert "Jan. 6, 2027" in again.get().body
    tidy(time_machine, (2027, 1, 7))
    application.refresh_from_db()
    assert application.status == "expired"
    letter = Mail.objects.get(subject="Your application ran out")
    assert letter.to == "rosa@shop.test"
    assert "/apply/\n" in letter.body
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert "This application ran out" in body
    assert "Ran out without an answer" in body


def test_an_answer_or_another_question_begins_the_time_anew(time_machine):
    application = ask()
    tidy(time_machine, (2026, 12, 8))
    actions.answer_question(reference=application.reference, words="A van.", at=clock.now())
    tidy(time_machine, (2027, 1, 20))
    application.refresh_from_db()
    assert application.status == "screening"
    actions.ask_applicant(
        application_id=application.pk, question="Whose?", by=make_staff("Pavel"), at=clock.now()
    )
    assert queries.reminded_on(application) is None


def test_a_late_reminder_still_leaves_two_weeks():
    hoped, today = dt.date(2026, 12, 7), dt.date(2027, 3, 1)
    assert rules.chase(hoped, None, today) == rules.Chase.REMIND
    assert rules.chase(hoped, today, today + dt.timedelta(days=14)) == rules.Chase.WAIT
    assert rules.chase(hoped, today, today + dt.timedelta(days=15)) == rules.Chase.END
    assert rules.chase(None, None, today) == rules.Chase.WAIT


def test_the_timeline_says_who_did_what(client):
    application = apply()
    actions.ask_applicant(
        application_id=application.pk, question="Which car?", by=make_staff("Olga"), at=MORNING
    )
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert "· you" in body
    assert "· us" in body
    assert "Olga" not in body


def test_an_appeal_is_made_on_the_page(client):
    application, olga = apply(), make_staff("Olga", "reviewer")
    actions.decline_application(
        application_id=application.pk, reason="No room.", by=olga, at=clock.now()
    )
    url = f"/apply/{application.reference}/"
    assert "Is something here wrong?" in client.get(url).content.decode()
    assert client.post(url, {"words": ""}).status_code == 422
    answer = client.post(url, {"words": "We have a new room."}, follow=True).content.decode()
    assert "Another person looks at it." in answer
    assert "We are checking your application" in answer
    late = client.post(url, {"words": "And a shelf."})
    assert late.status_code == 409
    assert "There is no open question" in late.content.decode()


@pytest.mark.parametrize(
    ("kind", "who"),
    [("sent", "us"), ("signed", "you"), ("practice", "you"), ("live", "us"), ("approved", "us")],
)
def test_a_step_is_whose_it_is_also_where_an_account_made_it(kind, who):
    for by in (None, make_staff("Olga")):
        assert queries.who_to_applicant(ApplicationEvent(kind=kind, by=by)) == who


def test_papers_that_are_missing_come_first(client):
    application = send(write(begin()))
    body = client.get(f"/apply/{application.reference}/").content.decode()
    assert "Please send the papers that we still need from you. You hear from us by" in body
    assert "Nothing to do for you" not in body


def test_a_paper_that_we_could_not_take_is_named_first(client):
    application = send(write(begin()))
    paper = what_waits_for_holder(dossier_of(application.reference))[0]
    headline = headline_of(application, [Paper(None, refused(paper.open))], MORNING)
    assert headline.lead.startswith("We could not take one of your papers.")
    assert headline.url == f"/apply/{application.reference}/documents/"


def refused(document):
    document.status = "rejected"
    return document
