"""What happened at the doors: acts as a phone sends them, and a receipt for each."""

import datetime as dt
import json
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.api.wire import body_of, no_number, router
from hubshops.deliveries.forms import parse_act, parse_phone, refused_item
from hubshops.deliveries.models import Outcome
from hubshops.deliveries.rules import Act, Receipt
from hubshops.shops.access import require_shop
from kernel import clock
from kernel.refusals import Refusal

MOST_ITEMS = 200


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
