"""Keeping what shows that something happened, and saying how much of it is asked for."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

from django.db import transaction
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
    (`kernel.files`), and what names an act of another shop. The file is written before its row: a
    file without a row does no harm.
    """
    fingerprint = hashlib.sha256(content).hexdigest()
    facts = {"act_id": act_id, "kind": kind, "fingerprint": fingerprint}
    if queries.is_act_of_another(shop, act_id):
        raise ActOfAnotherShop
    known = Proof.objects.filter(act_id=act_id, kind=kind)
    if same := known.filter(fingerprint=fingerprint).first():
        return same, False
    if known.count() >= MOST_OF_A_KIND:
        raise EnoughPictures
    picture = files.read_picture(content)
    name = files.keep_private(f"proofs/{fingerprint[:2]}/{new_id()}.jpg", picture.content)
    proof, is_new = Proof.objects.get_or_create(
        **facts,
        defaults={
            "shop": shop,
            "file": name,
            "width": picture.width,
            "height": picture.height,
            "size": len(picture.content),
            "said": said,
            "is_good": is_good,
            "taken_at": taken_at,
            "received_at": at,
            "by": by,
        },
    )
    if not is_new:
        files.forget_private(name)
    return proof, is_new


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
