"""Letters are promised with the decision and sent by a job."""

import datetime as dt

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.utils.translation import gettext_lazy

from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications import actions, queries
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_person

pytestmark = pytest.mark.django_db


def write(to="rosa@shop.test", subject="Good\nnews", **fields):
    return actions.send_mail(to=to, subject=subject, body="You are in.\n", at=MORNING, **fields)


def test_a_mail_waits_for_its_job():
    mail = write()
    assert mail.subject == "Good news"
    assert not outbox.outbox
    assert perform_job(job_id=Job.objects.get().pk, clock=clock.now)
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject, sent.body) == (["rosa@shop.test"], "Good news", "You are in.\n")
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert mail.sent_at


def test_a_mail_is_sent_once_however_often_its_job_runs():
    mail = write()
    assert actions.deliver_mail(mail_id=mail.pk, at=MORNING)
    assert not actions.deliver_mail(mail_id=mail.pk, at=MORNING)
    assert len(outbox.outbox) == 1


def test_a_decision_that_fails_sends_nothing():
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert not Mail.objects.exists()
    assert not Job.objects.exists()


def test_a_mail_server_that_is_down_costs_time_and_no_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    mail, job = write(), Job.objects.get()
    assert not perform_job(job_id=job.pk, clock=lambda: MORNING)
    job.refresh_from_db()
    mail.refresh_from_db()
    assert mail.sent_at is None
    assert "ConnectionRefusedError" in job.last_error
    assert job.run_after > MORNING
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert perform_job(job_id=job.pk, clock=lambda: job.run_after)
    assert len(outbox.outbox) == 1


def test_the_second_sending_of_one_mail_can_be_recognised():
    mail = write()
    assert actions.message_id(mail) == actions.message_id(Mail.objects.get())


def test_a_letter_speaks_its_readers_language():
    person = make_person("Ana", language="es")
    mail = actions.send_letter(
        to=person.email,
        person=person,
        language="es",
        subject=gettext_lazy("Email"),
        template="accounts/mail/invitation.txt",
        facts={"person": person, "intro": lambda: "Rosa & Sam's <shop>", "address": "https://x"},
        at=MORNING,
    )
    assert mail.subject == "Correo electrónico"
    assert "Rosa & Sam's <shop>" in mail.body


def test_old_letters_lose_their_words_and_nothing_else():
    old, new, unsent = write(), write(), write()
    actions.deliver_mail(mail_id=old.pk, at=MORNING)
    actions.deliver_mail(mail_id=new.pk, at=MORNING + dt.timedelta(days=2))
    assert actions.forget_letters(at=MORNING + dt.timedelta(days=31)) == 1
    assert actions.forget_letters(at=MORNING + dt.timedelta(days=31)) == 0
    old.refresh_from_db()
    assert (old.body, old.subject, old.to) == ("", "Good news", "rosa@shop.test")
    assert Mail.objects.exclude(body="").count() == 2
    assert unsent.body


def test_the_newest_mails_come_first():
    first, second = write(), write(to="zed@shop.test")
    assert queries.latest_mails() == [second, first]
    assert queries.latest_mails(to="Rosa@shop.test") == [first]
