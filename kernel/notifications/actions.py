"""Writing letters and handing them to the mail server."""

import datetime as dt
import email.utils
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from kernel.jobs.actions import start_job, start_jobs
from kernel.notifications.jobs import Jobs
from kernel.notifications.models import Mail

KEEP_WORDS = dt.timedelta(days=30)
ROWS_A_WRITE = 5_000


@transaction.atomic
def send_mail(
    *, to: str, subject: str, body: str, at: dt.datetime, person: object | None = None
) -> Mail:
    """Promise one mail: it leaves only when the caller's transaction commits, and then surely.

    Costs two INSERTs; the mail server is spoken to by the job `notifications.send`.
    """
    mail = Mail.objects.create(
        to=to, person=person, subject=" ".join(subject.split())[:200], body=body, created_at=at
    )
    start_job(Jobs.SEND, at=at, key=f"{Jobs.SEND}:{mail.pk}", mail_id=mail.pk)
    return mail


@transaction.atomic
def send_mails(*, mails: Sequence[Mail], at: dt.datetime) -> None:
    """Promise many mails at once (rows not saved yet): two INSERTs, however many."""
    for mail in mails:
        mail.subject, mail.created_at = " ".join(mail.subject.split())[:200], at
    if not mails:
        return
    Mail.objects.bulk_create(mails, batch_size=ROWS_A_WRITE)
    start_jobs(
        Jobs.SEND, at=at, many={f"{Jobs.SEND}:{mail.pk}": {"mail_id": mail.pk} for mail in mails}
    )


def send_letter(
    *,
    to: str,
    subject: object,
    template: str,
    facts: dict[str, Any],
    language: str,
    at: dt.datetime,
    person: object | None = None,
) -> Mail:
    """Word a letter in its reader's language and promise it.

    `template` extends `layouts/mail.txt`; `subject` is a lazy translation, or a plain function
    that returns words, so that it too is put in that language.
    """
    words, body = word_letter(subject=subject, template=template, facts=facts, language=language)
    return send_mail(to=to, subject=words, body=body, at=at, person=person)


def word_letter(
    *, subject: Any, template: str, facts: dict[str, Any], language: str
) -> tuple[str, str]:
    """A letter's subject and body in one language; also for showing it before it is sent."""
    house = {
        "site_name": settings.SITE_NAME,
        "support_phone": settings.SUPPORT_PHONE,
        "support_email": settings.SUPPORT_EMAIL,
        "public_url": settings.PUBLIC_URL.rstrip("/"),
    }
    with translation.override(language):
        words = subject() if callable(subject) else str(subject)
        return words, render_to_string(template, house | facts).strip() + "\n"


def deliver_mail(*, mail_id: int, at: dt.datetime) -> bool:
    """Hand one mail to the mail server now; False when that was done before.

    A server that fails raises, and the job tries again later. A worker killed between the server's
    yes and ours sends it twice: both carry the same Message-ID, so mailboxes show one.
    """
    mail = Mail.objects.filter(pk=mail_id, sent_at=None).first()
    if mail is None:
        return False
    EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to],
        headers={
            "Message-ID": message_id(mail),
            "Auto-Submitted": "auto-generated",
        },
    ).send()
    return bool(Mail.objects.filter(pk=mail.pk, sent_at=None).update(sent_at=at))


def forget_letters(*, at: dt.datetime) -> int:
    """Empty the letters sent more than `KEEP_WORDS` ago; how many. That one was written, to whom,
    when and about what stays; its words may be about somebody, and are nobody's business then."""
    old = Mail.objects.filter(sent_at__lt=at - KEEP_WORDS).exclude(body="")
    return old.update(body="")


def message_id(mail: Mail) -> str:
    """A name for this mail that stays the same when it is sent again."""
    domain = email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<mail-{mail.pk}-{int(mail.created_at.timestamp())}@{domain}>"
