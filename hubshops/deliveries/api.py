"""The door, for phones: the list to carry along, and what happened on the way."""

import datetime as dt
import json
import uuid
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as CannotRead
from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from hubshops.deliveries import queries
from hubshops.deliveries.actions import (
    ActOfAnotherShop,
    Closed,
    close_day,
    keep_proof,
    record_acts,
)
from hubshops.deliveries.forms import (
    believable,
    parse_act,
    parse_phone,
    refused_item,
    said_of_picture,
)
from hubshops.deliveries.models import Level, Outcome, ProofKind
from hubshops.deliveries.queries import DayCounts
from hubshops.deliveries.rules import FAR_M, Act, Receipt, proof_levels
from hubshops.shops.access import DoorSession, require_shop
from hubshops.shops.models import MemberRole, Shop
from kernel import clock
from kernel.files import MOST_BYTES, TooManyBytes
from kernel.limits import take_turn
from kernel.refusals import Refusal
from kernel.web.answers import HttpNo

MOST_ITEMS = 200
# A large shop's day has some hundred doors with a few pictures each.
MOST_PICTURES_A_DAY = 2_000
UNDO_MINUTES = 10
MEANT_FOR = "The `shop_id` of the list this belongs to: 409 in another shop's session"
PICTURES = ("image/jpeg", "image/png", "image/webp")


router = Router(tags=["Door"], auth=DoorSession())


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
    shop: int | None = Field(
        None, description="The `shop_id` of the list these belong to: 409 in another shop's session"
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
def sync(request: HttpRequest) -> HttpResponse:
    """Record up to 200 acts; one receipt per item, in order.

    An item we can't use is refused in its receipt, and the others are recorded all the same. The
    same id again is `already_recorded` and gets the same answer.
    """
    at = clock.now()
    sent = sent_by_phone(body_of(request))
    require_shop(request, sent.get("shop"))
    receipts = receipts_for(request, sent, at)
    answer = {"receipts": receipts, "server_at": at.isoformat(), "me": request.user.pk}
    # Ours from end to end: nothing is left to check, and checking takes as long as judging.
    return HttpResponse(json.dumps(answer, default=as_sent), content_type="application/json")


def as_sent(receipt: Receipt) -> dict[str, str]:
    """A receipt as JSON has it."""
    return {
        "id": receipt.id,
        "result": receipt.result,
        "reason": receipt.reason,
        "message": receipt.message,
    }


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


class ProofOut(Schema):
    act: uuid.UUID
    kind: Literal["photo", "signature"]
    sha256: str = Field(description="Of the bytes as they were sent")
    result: Literal["recorded", "already_recorded"]


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


@router.put(
    "/proofs/{act_id}",
    response={200: ProofOut, 201: ProofOut}
    | dict.fromkeys((401, 403, 404, 409, 413, 422, 429, 503), Problem),
    operation_id="door_proof",
    summary="Send a picture that shows an act",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                name: {"schema": {"type": "string", "format": "binary"}} for name in PICTURES
            },
        },
        "parameters": [
            {"name": name, "in": "header", "schema": {"type": "string"}, "description": words}
            for name, words in {
                "X-Taken-At": "The phone's clock, with its offset",
                "X-Said": "Who signed, in percent-encoded UTF-8",
                "X-Is-Good": "1 or 0: whether the phone finds it sharp and bright",
            }.items()
        ],
    },
)
def proof(
    request: HttpRequest,
    act_id: uuid.UUID,
    kind: Literal["photo", "signature"],
    told_shop: int | None = Query(None, alias="shop", description=MEANT_FOR),
) -> tuple[int, dict[str, Any]]:
    """Keep a photo or a signature, before its act comes or after it.

    The body is a JPEG, PNG or WebP of at most 5 MB and 25 megapixels. It is encoded anew, so that
    nothing but its pixels is kept. The same bytes for the same act are one picture. More than 2,000
    a day from one shop are told to come later, so that nobody can fill our disks.
    """
    require_shop(request, told_shop)
    shop = str(request.shop.pk)
    if not take_turn("pictures", shop, most=MOST_PICTURES_A_DAY, seconds=86_400):
        later = _("Your shop sent very many pictures today. Nothing is lost: send them tomorrow.")
        raise HttpNo(429, later, {"Retry-After": "60"})
    try:
        kept, is_new = keep_proof(
            shop=request.shop,
            by=request.user,
            act_id=act_id,
            kind=ProofKind(kind),
            content=picture_sent(request),
            at=clock.now(),
            **said_of_picture(request.headers),
        )
    except ActOfAnotherShop as no:
        raise Http404 from no
    except Refusal as no:
        raise HttpError(422, no.sentence) from no
    result = "recorded" if is_new else "already_recorded"
    words = {"act": act_id, "kind": kind, "sha256": kept.fingerprint, "result": result}
    return (201 if is_new else 200), words


def picture_sent(request: HttpRequest) -> bytes:
    """The body. Refuses what is longer than a picture may be, before it is read whole."""
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HttpError(413, TooManyBytes().sentence)
    return content


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


# --- Closing the day -----------------------------------------------------------------------------

Number = Annotated[int, Field(ge=0, le=100_000)]
Moment = Annotated[AwareDatetime, AfterValidator(believable)]


class CountsOut(Schema):
    """A shop's day in five numbers, about the packages of that service day: received = delivered +
    returned + on_hand + missing."""

    received: Number
    delivered: Number
    returned: Number
    on_hand: Number
    missing: Number


class CloseIn(Schema):
    """A person closes the day; `counts` is what her phone says."""

    id: uuid.UUID = Field(description="Made by the phone; the same id again is the same closing")
    day: dt.date
    closed_at: Moment = Field(description="The phone's clock, with its offset")
    device: uuid.UUID | None = None
    shop: int | None = Field(None, description=MEANT_FOR)
    counts: CountsOut | None = None


class UnsentOut(Schema):
    name: str
    unsent: int
    last_seen_at: dt.datetime


class ClosedOut(Schema):
    """Our counts beside the phone's, and which other phones still hold work."""

    ours: CountsOut
    agrees: bool
    unsent_devices: list[UnsentOut]
    result: Literal["recorded", "already_recorded"]
    message: str


@router.post(
    "/close",
    response=ClosedOut,
    operation_id="door_close",
    summary="Close the day",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": CloseIn.model_json_schema()}},
        }
    },
)
def close(request: HttpRequest) -> Closed:
    """Keep that the day was closed, with the phone's counts beside ours. It bars nothing: what
    happened on the day and is sent later is recorded all the same."""
    sent = close_of(request)
    require_shop(request, sent.shop)
    return close_day(
        shop=request.shop,
        by=request.user,
        close_id=sent.id,
        day=sent.day,
        closed_at=sent.closed_at,
        device_id=sent.device,
        phone_counts=DayCounts(**sent.counts.dict()) if sent.counts else None,
        at=clock.now(),
    )


def close_of(request: HttpRequest) -> CloseIn:
    """The body as a closing. Refuses what can't be read, naming the fields."""
    try:
        sent = json.loads(body_of(request), parse_constant=no_number)
    except (ValueError, RecursionError) as no:
        raise HttpError(400, _("The body is not JSON.")) from no
    try:
        return CloseIn.model_validate(sent)
    except ValidationError as no:
        raise CannotRead(no.errors(include_url=False, include_context=False)) from no
