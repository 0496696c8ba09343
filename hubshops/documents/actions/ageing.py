"""What the calendar does to papers: they run out, people hear of it before, pictures go."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hubshops.documents import queries, rules
from hubshops.documents.actions.asking import request, waive_document
from hubshops.documents.actions.sending import forget
from hubshops.documents.actions.steps import (
    DossierIsClosed,
    NoSuchDocument,
    hold_dossier,
    move,
    settle_shop,
    write,
)
from hubshops.documents.models import Document, DocumentKind, DocumentStatus, Dossier, Reminder
from kernel import clock

ROWS_A_READ = 1_000


def sweep_documents(*, at: dt.datetime) -> int:
    """Lay down what nobody needs any more, bring every paper to the status of its shop's today,
    remind of those that run out, stop the shops whose papers did; how many papers were looked at.
    Each paper is a transaction of its own, safe twice, late or side by side."""
    lay_down(at=at)
    until = (at + dt.timedelta(days=rules.REMIND_DAYS[0] + 1)).date()
    looked_at = 0
    for document_id in keys_of(queries.running_out(until)):
        age_document(document_id, at=at)
        looked_at += 1
    for dossier_id in queries.dossiers_to_settle():
        settle(dossier_id, at=at)
    return looked_at


def lay_down(*, at: dt.datetime) -> None:
    """Ask a shop that closed for nothing more, and nobody for the card of who left her team."""
    for dossier_id in keys_of(queries.dossiers_to_close()):
        Dossier.objects.filter(pk=dossier_id, closed_at=None).update(closed_at=at)
    for document_id in keys_of(queries.cards_to_let_go()):
        with suppress(NoSuchDocument, DossierIsClosed):  # it went with another card of hers
            waive_document(document_id=document_id, at=at, by=None)


def keys_of(found: QuerySet) -> Iterator[int]:
    """The keys of all rows, in order and some at a time: a paper that was looked at stays among
    those that run out for weeks, and must not stand before the others."""
    last = 0
    while keys := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:ROWS_A_READ]):
        yield from keys
        last = keys[-1]


@transaction.atomic
def age_document(document_id: int, *, at: dt.datetime) -> None:
    """One paper as of today: its status, the request for its successor, a reminder once each."""
    dossier = hold_dossier(
        Document.objects.values_list("dossier_id", flat=True).get(pk=document_id)
    )
    document = Document.objects.current().filter(pk=document_id, waived_at=None).first()
    if document is None or document.expires_on is None or dossier.closed_at:
        return
    document.dossier = dossier
    today = clock.local_day(at, dossier.zone)
    status = rules.status_on(document.expires_on, today)
    if status == DocumentStatus.VALID:
        return
    successor = ask_for_successor(document, at=at)
    if status != document.status:
        move(document, DocumentStatus(status), at=at)
        if status == DocumentStatus.EXPIRED:
            run_out(document, successor, at=at)
    if successor.status != DocumentStatus.UNDER_REVIEW:
        remind(document, today, at=at)


def ask_for_successor(document: Document, *, at: dt.datetime) -> Document:
    """The paper that follows one that runs out, asked for when nobody did."""
    dossier, kind, holder = document.dossier, DocumentKind(document.kind), document.holder
    standing = Document.objects.open().filter(dossier=dossier, kind=kind, holder=holder).first()
    return standing or request(dossier=dossier, kind=kind, holder=holder, at=at)


def run_out(document: Document, successor: Document, *, at: dt.datetime) -> None:
    """Say that a paper has run out, and stop the shop when it needs it."""
    lapsed = queries.lapsed_kinds(document.dossier.shop) if document.dossier.shop else []
    is_stopped = settle_shop(document.dossier, lapsed, at=at)
    write_run_out(document, successor, is_stopped=is_stopped, at=at)


def write_run_out(
    document: Document, successor: Document, *, is_stopped: bool, at: dt.datetime
) -> None:
    """The letter that a paper has run out, what that stops, and what is to be done."""
    is_with_us = successor.status == DocumentStatus.UNDER_REVIEW
    write(
        document,
        "expired",
        _("A paper of yours has run out"),
        at=at,
        is_stopped=is_stopped,
        is_with_us=is_with_us,
    )


def remind(document: Document, today: dt.date, *, at: dt.datetime) -> None:
    """The reminder that fits today, unless it was written before."""
    days = rules.reminder_due(document.expires_on, today)
    if days is None or document.reminders.filter(days__lte=days).exists():
        return
    Reminder.objects.create(document=document, days=days, at=at)
    left = rules.days_left(document.expires_on, today)
    holds_up = document.kind in rules.HOLD_UP and document.dossier.shop_id is not None
    write(
        document,
        "expiring",
        _("A paper of yours runs out soon"),
        at=at,
        left=left,
        holds_up=holds_up,
    )


@transaction.atomic
def settle(dossier_id: int, *, at: dt.datetime) -> None:
    """Stop a shop that became live with a paper that had run out before, or let it go on. Its
    people read why packages stop, once for each such paper."""
    dossier = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier_id)
    lapsed = list(queries.lapsed_of(dossier.shop))
    if not settle_shop(dossier, [one.kind for one in lapsed], at=at):
        return
    for document in lapsed:
        write_run_out(document, ask_for_successor(document, at=at), is_stopped=True, at=at)


def forget_pages(*, at: dt.datetime) -> int:
    """Delete the pictures of papers that were replaced, are no longer asked for, or belong to an
    application or a shop that ended, and of uploads that a later one superseded, half a year after
    that; how many uploads."""
    found = list(queries.to_forget(at - dt.timedelta(days=rules.KEEP_DAYS))[:ROWS_A_READ])
    for upload in found:
        with transaction.atomic():
            forget(upload, at=at)
    return len(found)
