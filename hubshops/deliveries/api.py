"""The door, for phones: the list to carry along, and what happened on the way."""

import datetime as dt
import json
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, RawPostDataException
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from hubshops.deliveries import queries
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.forms import parse_act, parse_phone, refused_item
from hubshops.deliveries.models import Outcome, Reason
from hubshops.deliveries.rules import Act, Receipt
from hubshops.shops.access import ShopSession
from kernel import clock
from kernel.refusals import Refusal

MOST_ITEMS = 200

router = Router(tags=["Door"], auth=ShopSession())


class Item(Schema):
    """One act. `outcome` belongs to a delivery, `reason` to an attempt, either to an amendment."""

    id: str = Field(description="A UUID the phone makes; the same id again is the same act")
    act: Literal["receive", "load", "deliver", "attempt", "return", "amend"]
    tracking_id: str = Field(max_length=40)
    happened_at: dt.datetime = Field(description="The phone's clock, with its offset")
    outcome: Outcome | None = None
    reason: str | None = Field(None, description="A code of the manifest's `reasons`")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    accuracy_m: float | None = Field(None, ge=0)
    note: str | None = Field(None, max_length=500)
    sequence: int | None = Field(
        None, description="From version 2: the phone's how-manieth act; acts are judged by it"
    )
    by: int | None = Field(
        None, description="From version 2: who did it, as `me` named her; default: who sends"
    )
    proof: str | None = Field(
        None, description="From version 3: the act under whose id its photo is sent, when shared"
    )
    code: str | None = Field(None, description="From version 3: the code the recipient told")


class Items(Schema):
    """One call of a phone. What it says of itself never refuses its acts: a field that can't be
    used is as if it was not sent."""

    items: list[Item] = Field(max_length=MOST_ITEMS)
    protocol: int = Field(1, description="1 to 3; a newer one is read as 3")
    device: str | None = Field(None, description="From version 2: a UUID the phone made of itself")
    name: str | None = Field(None, description="Kind of phone, 60 characters")
    sent_at: dt.datetime | None = Field(
        None, description="The phone's clock now; when it is off, its acts are counted by ours"
    )
    unsent: int | None = Field(None, description="Acts it still holds beside these")
    unsent_photos: int | None = Field(None, description="Photos it still holds")
    oldest_unsent_at: dt.datetime | None = Field(None, description="Since when it holds them")


class ReceiptOut(Schema):
    """What became of one act."""

    id: str
    result: Literal["recorded", "already_recorded", "refused"]
    reason: str = Field(
        description="Why not, for machines. Of a recorded act: `delivered_again`, `attempted_too`"
        " (kept beside another's delivery) or `under_review` (kept apart: not the shop's then)"
    )
    message: str = Field(description="A sentence to show, in the caller's language")


class Receipts(Schema):
    receipts: list[ReceiptOut]
    server_at: dt.datetime = Field(description="Our clock")
    me: int = Field(description="Who sent this; an item may name her later as `by`")


class PackageOut(Schema):
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


class ReasonOut(Schema):
    code: str
    label: str
    next_step: str
    is_at_the_door: bool


class OutcomeOut(Schema):
    code: str
    label: str


class ManifestOut(Schema):
    """A day's list as a phone carries it; packages of earlier days still held come first."""

    shop: str
    day: dt.date
    zone: str
    most_attempts: int
    packages: list[PackageOut]
    outcomes: list[OutcomeOut]
    reasons: list[ReasonOut]


@router.post(
    "/sync",
    response=Receipts,
    operation_id="door_sync",
    summary="Record acts",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": Items.model_json_schema()}},
        }
    },
)
def sync(request: HttpRequest) -> dict[str, Any]:
    """Record up to 200 acts; one receipt per item, in order.

    An item we can't use is refused in its receipt, and the others are recorded all the same. The
    same id again is `already_recorded` and gets the same answer.
    """
    at = clock.now()
    receipts = receipts_for(request, sent_by_phone(body_of(request)), at)
    return {"receipts": receipts, "server_at": at, "me": request.user.pk}


def body_of(request: HttpRequest) -> bytes:
    """What was sent. Refuses a form with files: it was read already, in search of a token."""
    try:
        return request.body
    except RawPostDataException as no:
        raise HttpError(400, _("The body is not JSON.")) from no


def sent_by_phone(body: bytes) -> dict[str, Any]:
    """What a phone sent. Refuses what is no JSON object with a list of at most 200 items."""
    try:
        sent = json.loads(body, parse_constant=no_number)
    except (ValueError, RecursionError) as no:
        raise HttpError(400, _("The body is not JSON.")) from no
    items = sent.get("items") if isinstance(sent, dict) else None
    if not isinstance(items, list):
        raise HttpError(422, _("Send an object with a list called “items”."))
    if len(items) > MOST_ITEMS:
        raise HttpError(422, _("Send at most %(most)d items at once.") % {"most": MOST_ITEMS})
    return sent


def no_number(name: str) -> None:
    """JSON has no NaN and no Infinity."""
    raise ValueError(name)


def receipts_for(request: HttpRequest, sent: dict[str, Any], at: dt.datetime) -> list[Receipt]:
    """One receipt per item: those that are acts are recorded together."""
    phone, items = parse_phone(sent), sent["items"]
    parsed = [act_or_receipt(item, phone.protocol) for item in items]
    acts = [one for one in parsed if isinstance(one, Act)]
    recorded = iter(record_acts(shop=request.shop, by=request.user, acts=acts, at=at, phone=phone))
    return [
        with_sent_id(item, next(recorded)) if isinstance(one, Act) else one
        for item, one in zip(items, parsed, strict=True)
    ]


def act_or_receipt(item: object, protocol: int) -> Act | Receipt:
    """An item as an act, or the receipt that refuses it."""
    try:
        return parse_act(item, protocol=protocol)
    except Refusal as no:
        return refused_item(item, no)


def with_sent_id(item: Any, receipt: Receipt) -> Receipt:
    """The receipt under the id as the phone spells it."""
    return Receipt(item["id"], receipt.result, receipt.reason, receipt.message)


@router.get(
    "/manifest",
    response=ManifestOut,
    operation_id="door_manifest",
    summary="The list of a day, to carry along",
)
def manifest(request: HttpRequest, day: dt.date | None = None) -> dict[str, Any]:
    """The phone's offline copy: packages in tour order, where they may be left, and the reasons why
    not. No phone numbers, no full names, no money. Without `day`: today at the station."""
    shop = request.shop
    day = day or clock.local_day(clock.now(), shop.station.zone)
    return {
        "shop": shop.name,
        "day": day,
        "zone": shop.station.zone,
        "most_attempts": settings.MOST_ATTEMPTS,
        "packages": queries.at_the_door(shop, day),
        "outcomes": [{"code": code, "label": str(label)} for code, label in Outcome.choices],
        "reasons": [
            {
                "code": reason.code,
                "label": reason.words,
                "next_step": reason.next_step,
                "is_at_the_door": reason.is_at_the_door,
            }
            for reason in Reason.objects.all()
        ],
    }
