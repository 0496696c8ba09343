"""What staff decide about papers."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hubshops.documents import rules
from hubshops.documents.actions.steps import hold_document, move, settle_shop, write
from hubshops.documents.models import (
    Document,
    DocumentKind,
    DocumentStatus,
    Look,
    UploadPage,
)
from hubshops.documents.queries import lapsed_kinds
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.refusals import Refusal


class JudgedAlready(Refusal):
    code = "judged_already"
    message = _("This paper is not waiting any more: {what}, {who}. Nothing was changed.")


def take_up(document_id: int) -> Document:
    """Hold a paper that waits for staff."""
    document = hold_document(document_id)
    if document.status != DocumentStatus.UNDER_REVIEW:
        last = document.steps.select_related("by").order_by("pk").last()
        who = str(last.by) if last and last.by else _("not by staff")
        raise JudgedAlready(what=document.get_status_display(), who=who)
    return document


def naming(words: Any, document: Document) -> Any:
    """A letter's subject that says which paper it is about, in its reader's language."""
    kind = DocumentKind(document.kind).label
    paper = format_lazy("{}, {}", kind, document.holder) if document.holder else kind
    return format_lazy(words, paper=paper)


class EndIsMissing(Refusal):
    code = "end_is_missing"
    message = _("Write the day on which the insurance ends.")


class HasRunOut(Refusal):
    code = "has_run_out"
    message = _("This paper ended on {day}. Ask for a new one.")


@transaction.atomic
def accept_document(
    *, document_id: int, expires_on: dt.date | None, by: User, at: dt.datetime
) -> Document:
    """A paper counts from now on, through `expires_on` (None: it has no end); the one before it no
    longer does. A shop that was stopped for it goes on by itself. Its owner gets a letter.

    Audited. Refuses a paper that somebody else judged meanwhile, insurance without an end, and
    what has ended.
    """
    document = take_up(document_id)
    if expires_on is None and document.kind == DocumentKind.INSURANCE:
        raise EndIsMissing
    status = rules.status_on(expires_on, clock.local_day(at, document.dossier.zone))
    if status == DocumentStatus.EXPIRED:
        raise HasRunOut(day=date_format(expires_on, "DATE_FORMAT"))
    before = Document.objects.current().filter(
        dossier=document.dossier, kind=document.kind, holder=document.holder
    )
    before.update(replaced_at=at)
    document.expires_on = expires_on
    move(document, DocumentStatus.VALID, at=at, by=by)
    shop = document.dossier.shop
    goes_on = bool(shop) and settle_shop(document.dossier, lapsed_kinds(shop), at=at)
    write(document, "accepted", naming(_("Accepted: {paper}"), document), at=at, goes_on=goes_on)
    ends = expires_on.isoformat() if expires_on else ""
    record(at=at, by=by, action="accept_document", subject=document, ends=ends)
    return document


class ReasonIsMissing(Refusal):
    code = "reason_is_missing"
    message = _("Say what is wrong with it. Its owner reads it.")


@transaction.atomic
def reject_document(*, document_id: int, reason: str, by: User, at: dt.datetime) -> Document:
    """Ask for a better one, with a reason that its owner reads in a letter and on her page.

    Audited. Refuses an empty reason, and a paper that somebody else judged meanwhile.
    """
    if not reason.strip():
        raise ReasonIsMissing
    document = take_up(document_id)
    move(document, DocumentStatus.REJECTED, at=at, by=by, words=reason.strip())
    subject = naming(_("We need another picture: {paper}"), document)
    write(document, "rejected", subject, at=at, words=reason.strip())
    record(at=at, by=by, action="reject_document", subject=document)
    return document


def note_look(*, page: UploadPage, by: User, at: dt.datetime) -> None:
    """Write down that a member of staff was shown a page of somebody's paper."""
    Look.objects.create(page=page, by=by, at=at)
