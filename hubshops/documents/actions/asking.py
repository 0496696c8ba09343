"""Which papers are asked of whom."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.documents.actions.steps import (
    DossierIsClosed,
    hold_document,
    hold_dossier,
    settle_shop,
    tell,
)
from hubshops.documents.models import (
    Document,
    DocumentKind,
    DocumentStatus,
    DocumentStep,
    Dossier,
)
from hubshops.documents.queries import lapsed_kinds
from hubshops.documents.rules import holder_key
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.ids import new_id
from kernel.refusals import Refusal

MOST_PEOPLE = 30


@transaction.atomic
def open_dossier(
    *,
    reference: str,
    name: str,
    contact_name: str,
    email: str,
    language: str,
    zone: str,
    at: dt.datetime,
) -> Dossier:
    """Ask a business that applied for its license, its insurance and its contact's identity card.
    Again changes nothing. `reference` is the application's own, which nobody guesses."""
    dossier, is_new = Dossier.objects.get_or_create(
        reference=reference,
        defaults={
            "name": name,
            "contact_name": contact_name,
            "email": email,
            "language": language,
            "zone": zone,
            "opened_at": at,
        },
    )
    if is_new:
        ask_usual(dossier, at=at)
    return dossier


@transaction.atomic
def open_shops_dossier(*, shop: Shop, at: dt.datetime, by: User | None) -> Dossier:
    """Ask a shop that came to us without an application for the same, by mail. Again changes
    nothing. Audited."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    known = Dossier.objects.filter(shop=shop).first()
    if known is not None:
        return known
    dossier = Dossier.objects.create(
        reference=str(new_id()).replace("-", "")[:26],
        shop=shop,
        name=shop.name,
        contact_name=shop.contact_name,
        email=shop.email,
        zone=shop.zone,
        opened_at=at,
    )
    ask_usual(dossier, at=at)
    tell(dossier, "asked", _("We need papers from your shop"), at=at)
    record(at=at, by=by, action="open_dossier", subject=dossier)
    return dossier


def ask_usual(dossier: Dossier, *, at: dt.datetime) -> None:
    """What we ask of everybody."""
    for kind, holder in (
        (DocumentKind.LICENCE, ""),
        (DocumentKind.INSURANCE, ""),
        (DocumentKind.IDENTITY, dossier.contact_name),
    ):
        request(dossier, kind, " ".join(holder.split()), at=at)


def request(dossier: Dossier, kind: DocumentKind, holder: str, *, at: dt.datetime) -> Document:
    """A paper that waits to be brought. The caller holds the dossier and knows that none is."""
    document = Document.objects.create(dossier=dossier, kind=kind, holder=holder, asked_at=at)
    DocumentStep.objects.create(document=document, status=DocumentStatus.REQUESTED, at=at)
    return document


class EnoughPeople(Refusal):
    code = "enough_people"
    message = _("There are thirty people on your list. Call us if you need more.")


@transaction.atomic
def ask_for(
    *, dossier_id: int, kind: DocumentKind, holder: str = "", at: dt.datetime
) -> tuple[Document, bool]:
    """Ask for a paper, or for the one that follows it; and whether that is new.

    One that is asked for already is not asked for twice; two spellings of a name are one person.
    Refuses a closed dossier and a thirty-first person.
    """
    dossier = hold_dossier(dossier_id)
    if dossier.closed_at:
        raise DossierIsClosed
    known = dossier.documents.filter(kind=kind, waived_at=None)
    same = [one for one in known if holder_key(one.holder) == holder_key(holder)]
    spelling = same[0].holder if same else " ".join(holder.split())
    standing = Document.objects.open().filter(dossier=dossier, kind=kind, holder=spelling).first()
    if standing is not None:
        return standing, False
    if not same and len({one.holder for one in known}) >= MOST_PEOPLE:
        raise EnoughPeople
    return request(dossier, kind, spelling, at=at), True


class CantBeWaived(Refusal):
    code = "cant_be_waived"
    message = _("We need this paper of every shop.")


@transaction.atomic
def waive_document(*, document_id: int, at: dt.datetime, by: User | None) -> Document:
    """A person does not deliver (any more), so that nobody asks for her card; an accepted one goes
    with it. Refuses the papers of the business. Audited."""
    document = hold_document(document_id)
    if document.kind != DocumentKind.IDENTITY:
        raise CantBeWaived
    hers = Document.objects.filter(
        dossier=document.dossier, kind=document.kind, holder=document.holder, waived_at=None
    )
    hers.update(waived_at=at)
    record(at=at, by=by, action="waive_document", subject=document)
    return document


@transaction.atomic
def hand_over(*, reference: str, shop: Shop, at: dt.datetime) -> Dossier | None:
    """The papers of an application are its shop's from now on; None when it never had any."""
    known = Dossier.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if known is None:
        return None
    dossier = hold_dossier(known)
    dossier.shop, dossier.zone = shop, shop.zone
    dossier.save(update_fields=["shop", "zone"])
    settle_shop(dossier, lapsed_kinds(shop), at=at)
    return dossier


@transaction.atomic
def close_dossier(*, reference: str, at: dt.datetime) -> None:
    """An application ended without a shop: nothing more is asked or taken, and half a year later
    the pictures go."""
    Dossier.objects.filter(reference=reference, shop=None, closed_at=None).update(closed_at=at)


@transaction.atomic
def reopen_dossier(*, reference: str) -> None:
    """An application that ended goes on."""
    Dossier.objects.filter(reference=reference).update(closed_at=None)
