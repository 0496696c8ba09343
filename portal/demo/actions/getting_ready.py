"""The sample's shops sign the agreement, and new ones practice before they are live."""

import datetime as dt

from django.core.files.base import ContentFile

from hubshops.agreements.actions import sign_agreement
from hubshops.agreements.queries import terms_of
from hubshops.documents.actions import accept_document, keep_upload, send_document
from hubshops.documents.models import Document
from hubshops.practice import rules
from hubshops.practice.actions import (
    close_practice,
    count_in,
    start_practice,
    tell_door,
)
from hubshops.shops.actions import lift_ramp
from hubshops.shops.models import MemberRole, Membership, Shop
from kernel import clock
from kernel.accounts.models import User
from portal.demo.documents import paper


def get_ready(*, shop: Shop, owner: User, by: User, at: dt.datetime) -> None:
    """An approved shop signs, brings its papers and practices; so it is live, and gets all that it
    agreed to."""
    sign_sample(shop=shop, owner=owner, at=at)
    bring_papers(shop=shop, owner=owner, by=by, at=at)
    start_practice(shop=shop, by=owner, at=at)
    damaged = [one.code for one in rules.PACKAGES if one.is_damaged]
    count_in(shop=shop, damaged=damaged, at=at)
    for one in rules.TO_DELIVER:
        tell_door(shop=shop, code=one.code, outcome=one.at_the_door, at=at)
    close_practice(shop=shop, still_here=rules.STILL_HERE, by=owner, at=at)
    lift_ramp(shop=shop, by=by, at=at)


def bring_papers(*, shop: Shop, owner: User, by: User, at: dt.datetime) -> None:
    """An owner sends a picture of each paper asked for, and staff accept it for a year."""
    for asked in Document.objects.filter(dossier__shop=shop).order_by("pk"):
        picture = paper(str(asked.get_kind_display()), asked.holder or shop.name)
        file = ContentFile(picture, name="paper.jpg")
        keep_upload(document_id=asked.pk, file=file, at=at, by=owner)
        send_document(document_id=asked.pk, at=at, by=owner)
        ends = at.date() + dt.timedelta(days=365)
        accept_document(document_id=asked.pk, expires_on=ends, by=by, at=at)


def sign_sample(*, shop: Shop, owner: User, at: dt.datetime) -> None:
    """An owner signs what she is asked to."""
    asked = terms_of(shop, clock.local_day(at, shop.zone)).asked
    if asked is not None:
        sign_agreement(
            shop=shop,
            sha256=asked.sha256,
            legal_name=owner.name,
            role="owner",
            consent="Signed with the sample network.",
            language=owner.language,
            by=owner,
            at=at,
        )


def sign_everywhere(*, at: dt.datetime) -> None:
    """The owners of the shops that came with a list sign, once."""
    owners = Membership.objects.current().filter(role=MemberRole.OWNER)
    for one in owners.select_related("shop__station", "user").order_by("pk"):
        sign_sample(shop=one.shop, owner=one.user, at=at)
