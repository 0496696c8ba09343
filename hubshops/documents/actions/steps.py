"""What every action on papers shares: the lock, a step of a paper, a letter about it."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from hubshops.documents.models import Document, DocumentStatus, DocumentStep, Dossier
from hubshops.documents.queries import readers_of
from hubshops.shops.actions import lift_suspension, suspend_shop
from hubshops.shops.models import SuspensionReason
from kernel.accounts.models import User
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal


class NoSuchDocument(Refusal):
    code = "no_such_document"
    message = _("There is no such paper.")


class DossierIsClosed(Refusal):
    code = "dossier_is_closed"
    message = _("This application or this shop has ended. We need no papers any more.")


def hold_document(document_id: int) -> Document:
    """A paper under the lock of its dossier: of two people, and of a person and the calendar, one
    comes first. Refuses papers that are no longer asked for and dossiers that are closed."""
    found = Document.objects.filter(pk=document_id).values_list("dossier_id", flat=True).first()
    if found is None:
        raise NoSuchDocument
    dossier = hold_dossier(found)
    document = Document.objects.get(pk=document_id)
    if document.waived_at:
        raise NoSuchDocument
    if dossier.closed_at:
        raise DossierIsClosed
    document.dossier = dossier
    return document


def hold_dossier(dossier_id: int) -> Dossier:
    """A dossier, locked."""
    rows = Dossier.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("shop").get(pk=dossier_id)


def move(
    document: Document,
    status: DocumentStatus,
    *,
    at: dt.datetime,
    by: User | None = None,
    words: str = "",
) -> None:
    """Bring a paper to a status, and write that down."""
    document.status = status
    document.save()
    DocumentStep.objects.create(document=document, status=status, at=at, by=by, words=words)


def write(
    document: Document, letter: str, subject: object, *, at: dt.datetime, **facts: object
) -> None:
    """Promise one of our letters about a paper to everybody who answers for it."""
    tell(document.dossier, letter, subject, at=at, document=document, **facts)


def tell(
    dossier: Dossier, letter: str, subject: object, *, at: dt.datetime, **facts: object
) -> None:
    """Promise one of our letters to everybody who answers for a dossier's papers."""
    for reader in readers_of(dossier):
        send_letter(
            to=reader.email,
            subject=subject,
            template=f"documents/mail/{letter}.txt",
            facts={"dossier": dossier, "name": reader.name, "path": reader.path, **facts},
            language=reader.language,
            at=at,
            person=reader.person,
        )


def settle_shop(dossier: Dossier, lapsed: list[str], *, at: dt.datetime) -> bool:
    """Stop the shop's packages while a paper that it needs has run out, and let them come again
    once none has; whether that changed anything."""
    if dossier.shop is None:
        return False
    settle = suspend_shop if lapsed else lift_suspension
    return settle(shop=dossier.shop, reason=SuspensionReason.PAPERS, at=at)
