"""Writing letters and texts, and handing them to who takes them out."""

import datetime as dt
import email.utils
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from kernel.jobs.actions import start_job, start_jobs
from kernel.notifications.documents import html_of
from kernel.notifications.gateways import NotTaken, gateway_for
from kernel.notifications.jobs import Jobs
from kernel.notifications.models import Mail, Text

KEEP_WORDS = dt.timedelta(days=30)
KEEP_TEXTS = dt.timedelta(days=7)
MOST_TRIES = 3  # as many as a job has
ROWS_A_WRITE = 5_000


@transaction.atomic
def send_mail(
    *,
    to: str,
    subject: str,
    body: str,
    at: dt.datetime,
    person: object | None = None,
    template: str = "",
    language: str = settings.LANGUAGE_CODE,
) -> Mail:
    """Promise one mail: it leaves only when the caller's transaction commits, and then surely.

    Costs two INSERTs; the mail server is spoken to by the job `notifications.send`.
    """
    mail = Mail.objects.create(
        to=to,
        person=person,
        template=template[:80],
        language=language,
        subject=" ".join(subject.split())[:200],
        body=body,
        created_at=at,
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
    return send_mail(
        to=to,
        subject=words,
        body=body,
        at=at,
        person=person,
        template=name_of(template),
        language=language,
    )


def letter_for(person: Any, *, subject: Any, template: str, facts: dict[str, Any]) -> Mail:
    """A letter to one person in her language, not saved yet: for `send_mails`."""
    language = person.language or settings.LANGUAGE_CODE
    words, body = word_letter(subject=subject, template=template, facts=facts, language=language)
    return Mail(
        to=person.email,
        person=person,
        template=name_of(template),
        language=language,
        subject=words,
        body=body,
    )


def name_of(template: str) -> str:
    """`accounts/mail/invitation.txt` → `accounts: invitation`, as staff read it."""
    room, _mail, name = template.removesuffix(".txt").partition("/mail/")
    return f"{room}: {name}"


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
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to],
        headers={
            "Message-ID": message_id(mail),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html_of(mail), "text/html")
    message.send()
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


def are_texts_on() -> bool:
    """Whether somebody takes texts out. While nobody does, no text should be promised."""
    return gateway_for(settings.TEXTS_URL) is not None


@transaction.atomic
def send_texts(*, texts: Sequence[Text], at: dt.datetime) -> None:
    """Promise many texts at once (rows not saved yet), as `send_mails` does letters."""
    if not texts:
        return
    for text in texts:
        text.created_at = at
    Text.objects.bulk_create(texts, batch_size=ROWS_A_WRITE)
    start_jobs(
        Jobs.SEND_TEXT,
        at=at,
        many={f"{Jobs.SEND_TEXT}:{text.pk}": {"text_id": text.pk} for text in texts},
    )


def deliver_text(*, text_id: int, at: dt.datetime) -> bool:
    """Hand one text to the gateway now; False when that was done before or is no use any more.

    A gateway that fails raises, and the job tries again later; the third time, or when the gateway
    says that asking again is useless, the text is given up with its reason. A worker killed between
    the gateway's yes and ours asks twice, under the same key.
    """
    text = Text.objects.waiting().filter(pk=text_id).first()
    if text is None:
        return False
    gateway = gateway_for(settings.TEXTS_URL)
    if gateway is None or at >= text.send_before:
        give_up_text(text, "texts are off" if gateway is None else "too late", at)
        return False
    Text.objects.filter(pk=text.pk).update(tries=F("tries") + 1)
    try:
        gateway.send(key=text_key(text), to=text.to, body=text.body, language=text.language)
    except NotTaken as no:
        if no.is_final or text.tries + 1 >= MOST_TRIES:
            give_up_text(text, no.reason, at)
            return False
        raise
    return bool(Text.objects.waiting().filter(pk=text.pk).update(sent_at=at))


def give_up_text(text: Text, reason: str, at: dt.datetime) -> None:
    """Note that a text will not be sent, and why."""
    Text.objects.waiting().filter(pk=text.pk).update(gave_up_at=at, gave_up_reason=reason[:60])


def hold_back_texts(*, to: str, reason: str, at: dt.datetime) -> int:
    """Give up all texts that still wait for one number; how many."""
    waiting = Text.objects.waiting().filter(to=to)
    return waiting.update(gave_up_at=at, gave_up_reason=reason[:60])


def forget_texts(*, at: dt.datetime) -> int:
    """Empty the number and the words of every text a week after it was written; how many. One that
    still waited by then is given up. That there was a text, when, and what became of it stays."""
    old = Text.objects.filter(forgotten_at=None, created_at__lte=at - KEEP_TEXTS)
    old.waiting().update(gave_up_at=at, gave_up_reason="too late")
    return old.update(to="", body="", forgotten_at=at)


def text_key(text: Text) -> str:
    """A name for this text that stays the same when it is sent again."""
    return f"text-{text.pk}-{int(text.created_at.timestamp())}"
