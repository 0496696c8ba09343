"""Dossiers and files for tests of papers."""

import datetime as dt
import io

from PIL import Image, ImageDraw

from hubshops.documents import actions
from hubshops.documents.models import Document, Dossier
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from tests.factories import MORNING, ZONE

REFERENCE = "abcdefghijklmnopqrstuvwxyz"


def photo(words: str = "LICENSE", **options: object) -> io.BytesIO:
    """A photo of a paper."""
    picture = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(picture).text((20, 20), words, fill="black")
    file = io.BytesIO()
    picture.save(file, "JPEG", **options)
    file.seek(0)
    file.name = "paper.jpg"
    return file


def a_dossier(**fields: object) -> Dossier:
    """Rosa applied, and is asked for three papers."""
    defaults = {
        "reference": REFERENCE,
        "name": "Rosa's Bodega",
        "contact_name": "Rosa Marte",
        "email": "rosa@shop.test",
        "language": "en",
        "zone": ZONE,
        "at": MORNING,
    }
    return actions.open_dossier(**defaults | fields)


def of_kind(dossier: Dossier, kind: str) -> Document:
    """The newest paper of a kind."""
    return dossier.documents.filter(kind=kind).order_by("pk").last()


def bring(document: Document, *, at: dt.datetime = MORNING, by: User | None = None) -> Document:
    """A photo is taken, looked at and sent."""
    actions.keep_upload(document_id=document.pk, file=photo(), at=at, by=by)
    return actions.send_document(document_id=document.pk, at=at, by=by)


def accepted(
    dossier: Dossier,
    kind: str,
    by: User,
    *,
    ends: dt.date | None = None,
    at: dt.datetime = MORNING,
) -> Document:
    """A paper that staff accepted."""
    document = bring(of_kind(dossier, kind), at=at)
    return actions.accept_document(document_id=document.pk, expires_on=ends, by=by, at=at)


def insured_shop(shop: Shop, by: User, *, ends: dt.date) -> tuple[Dossier, Document]:
    """A shop whose insurance is good through `ends`."""
    dossier = a_dossier()
    actions.hand_over(reference=REFERENCE, shop=shop, at=MORNING)
    dossier.refresh_from_db()
    return dossier, accepted(dossier, "insurance", by, ends=ends)


def good_papers(shop: Shop, by: User, *, at: dt.datetime = MORNING) -> None:
    """Staff accepted the papers without which a shop gets no packages."""
    accepted(shop.dossier, "licence", by, at=at)
    accepted(shop.dossier, "insurance", by, ends=at.date() + dt.timedelta(days=365), at=at)
