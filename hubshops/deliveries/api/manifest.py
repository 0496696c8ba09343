"""The list of a day, to carry along."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from hubshops.deliveries import queries
from hubshops.deliveries.api.wire import router
from hubshops.deliveries.models import Level, Outcome
from hubshops.deliveries.rules import FAR_M, proof_levels
from hubshops.shops.models import MemberRole, Shop
from kernel import clock

UNDO_MINUTES = 10


class ProofLevels(Schema):
    """How much of each kind of proof is asked for: `off`, `on`, `warn` or `required`."""

    photo: Level
    signature: Level
    code: Level
    place: Level


class PackageOut(Schema):
    id: int
    tracking_id: str
    service_day: dt.date
    stop: int | None
    name: str = Field(description="First name and initial")
    address1: str
    address2: str
    city: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    instructions: str
    requires: str
    state: str
    attempts: int
    tour: int | None = Field(description="Which tour of the day it is in, when the day is shared")
    helper: str = Field(description="Whose tour that is")
    proof: ProofLevels
    distance_warn_m: float | None = Field(
        description="Further from the door is far; null when the door's place is not known"
    )


class ReasonOut(Schema):
    code: str
    label: str
    next_step: str
    is_at_the_door: bool
    evidence: str = Field(description="What should show it: `photo`, or nothing")
    is_paid: bool


class MeOut(Schema):
    id: int = Field(description="What an act names its person by")
    name: str


class OutcomeOut(Schema):
    code: str
    label: str


class ManifestOut(Schema):
    """A day's list as a phone carries it; packages of earlier days still held come first."""

    shop: str
    shop_id: int
    day: dt.date
    zone: str
    server_at: dt.datetime
    me: MeOut
    is_owner: bool
    most_attempts: int
    max_undo_minutes: int = Field(description="How long a phone offers to take back what was done")
    to_return_from: dt.datetime | None = Field(description="When the next drop comes, if known")
    until: dt.datetime | None
    to_close: dt.date | None = Field(description="Yesterday, while nobody closed it")
    packages: list[PackageOut]
    outcomes: list[OutcomeOut]
    reasons: list[ReasonOut]


@router.get(
    "/manifest",
    response=ManifestOut,
    operation_id="door_manifest",
    summary="The list of a day, to carry along",
)
def manifest(request: HttpRequest, day: dt.date | None = None) -> dict[str, Any]:
    """The phone's offline copy: packages in tour order, where they may be left, and the reasons why
    not. No phone numbers, no full names, no money. Without `day`: today at the station."""
    shop, at = request.shop, clock.now()
    day = day or clock.local_day(at, shop.station.zone)
    drop = queries.next_drop(shop, day)
    first = queries.day_to_close(shop, day)
    return {
        "shop": shop.name,
        "shop_id": shop.pk,
        "day": day,
        "zone": shop.station.zone,
        "server_at": at,
        "me": {"id": request.user.pk, "name": str(request.user)},
        "is_owner": request.membership.role == MemberRole.OWNER,
        "most_attempts": settings.MOST_ATTEMPTS,
        "max_undo_minutes": UNDO_MINUTES,
        "to_return_from": drop[0],
        "until": drop[1],
        "to_close": first if first != day else None,
        "packages": carried(shop, day),
        "outcomes": [{"code": code, "label": str(label)} for code, label in Outcome.choices],
        "reasons": [
            {
                "code": reason.code,
                "label": reason.words,
                "next_step": reason.next_step,
                "is_at_the_door": reason.is_at_the_door,
                "evidence": reason.evidence,
                "is_paid": reason.is_paid,
            }
            for reason in queries.reasons()
        ],
    }


def carried(shop: Shop, day: dt.date) -> list[dict[str, Any]]:
    """The packages of a day as a phone carries them."""
    own, stations = queries.levels_for(shop)
    return [
        asdict(one)
        | {
            "proof": proof_levels(one.requires, own, stations),
            "distance_warn_m": None if one.latitude is None or one.is_placed_by_zip else FAR_M,
        }
        for one in queries.to_carry_along(shop, day)
    ]
