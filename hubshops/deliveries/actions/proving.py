"""Keeping what shows that something happened, and saying how much of it is asked for."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries import queries
from hubshops.deliveries.models import Proof, ProofKind, ProofRule
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import files
from kernel.accounts.models import User
from kernel.audit.actions import record as audit
from kernel.ids import new_id
from kernel.refusals import Refusal

MOST_OF_A_KIND = 10


class ActOfAnotherShop(Refusal):
    code = "act_of_another_shop"
    message = _("There is no such act of your shop.")


class EnoughPictures(Refusal):
    code = "enough_pictures"
    message = _("We have ten pictures of this already. That is enough.")


def keep_proof(
    *,
    shop: Shop,
    by: User,
    act_id: uuid.UUID,
    kind: ProofKind,
    content: bytes,
    at: dt.datetime,
    taken_at: dt.datetime | None = None,
    said: str = "",
    is_good: bool | None = None,
) -> tuple[Proof, bool]:
    """Keep a picture that shows an act of the shop, known already or still to come; and whether it
    is new.

    The same bytes for the same act are one proof. Refuses what is no picture we can read
    (`kernel.files`), what names an act of another shop, and an eleventh picture of an act. The file
    is written before its row: a file without a row does no harm. Holds the act's pictures.
    """
    fingerprint = hashlib.sha256(content).hexdigest()
    if queries.is_act_of_another(shop, act_id):
        raise ActOfAnotherShop
    if same := picture_known(act_id, kind, fingerprint):
        return same, False
    picture = files.read_picture(content)
    name = files.keep_private(f"proofs/{fingerprint[:2]}/{new_id()}.jpg", picture.content)
    proof = Proof(
        act_id=act_id,
        kind=kind,
        fingerprint=fingerprint,
        shop=shop,
        file=name,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        said=said,
        is_good=is_good,
        taken_at=taken_at,
        received_at=at,
        by=by,
    )
    try:
        kept = add_picture(proof)
    except EnoughPictures:
        files.forget_private(name)
        raise
    if kept is not proof:
        files.forget_private(name)
    return kept, kept is proof


def picture_known(act_id: uuid.UUID, kind: str, fingerprint: str) -> Proof | None:
    """The picture with these bytes, if the act has it. Refuses one more than an act may have."""
    known = Proof.objects.filter(act_id=act_id, kind=kind)
    same = known.filter(fingerprint=fingerprint).first()
    if same is None and known.count() >= MOST_OF_A_KIND:
        raise EnoughPictures
    return same


@transaction.atomic
def add_picture(proof: Proof) -> Proof:
    """Write a picture's row, or find the one that came at the same moment. Pictures of one act take
    turns, so that ten are ten however many come at once."""
    with connection.cursor() as cursor:
        turn = f"{proof.act_id} {proof.kind}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pictures'), hashtext(%s))", [turn])
    if same := picture_known(proof.act_id, proof.kind, proof.fingerprint):
        return same
    proof.save(force_insert=True)
    return proof


@transaction.atomic
def set_proof_rules(
    *,
    station: Station,
    shop: Shop | None,
    levels: Mapping[str, str],
    at: dt.datetime,
    by: User,
) -> None:
    """Say how much of each kind of proof a station asks for, or one of its shops; an empty level
    leaves it to what stands above. Audited when it changes anything."""
    before = queries.own_levels(station, shop)
    after = {kind: level for kind, level in levels.items() if level}
    if after == before:
        return
    rules = ProofRule.objects.filter(station=station, shop=shop)
    rules.exclude(kind__in=after).delete()
    for kind, level in after.items():
        rules.update_or_create(
            kind=kind, defaults={"station": station, "shop": shop, "level": level}
        )
    audit(
        at=at,
        by=by,
        action="set_proof_rules",
        subject=shop or station,
        before=before,
        after=after,
    )
