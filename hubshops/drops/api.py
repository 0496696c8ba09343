"""The drop, for phones: whose turn it is at the van, and what the shop signs."""

import datetime as dt
import json
from typing import Any, Literal

from django.http import HttpRequest, RawPostDataException
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as CannotRead
from pydantic import Field, ValidationError

from hubshops.drops import queries, rules
from hubshops.drops.actions import SENTENCES, open_handover, sign_as_taker
from hubshops.drops.forms import CountIn, parse_remark, sent_id
from hubshops.drops.models import Handover
from hubshops.drops.rules import RemarkAnswer, RemarkNo
from hubshops.shops.access import DoorSession, require_shop
from kernel import clock
from kernel.qr import qr_svg

router = Router(tags=["Door"], auth=DoorSession())


class DriverOut(Schema):
    url: str = Field(description="The page that the driver signs on; show it as a QR code")
    qr: str = Field(description="That address as a QR code: an SVG")
    given_count: int | None
    returns_taken_count: int | None
    name: str


class DropOut(Schema):
    """A day's hand-over as a phone shows it."""

    day: dt.date
    number: int
    announced: int
    to_return: int
    status: str
    taken_count: int | None
    returns_given_count: int | None
    driver: DriverOut


class RemarkOut(Schema):
    id: str
    result: Literal["recorded", "already_recorded", "refused"]
    reason: str
    message: str


class SignedOut(Schema):
    """What became of a count. `refused`: somebody else of the shop signed before; the remarks are
    kept all the same."""

    number: int
    status: str
    result: Literal["recorded", "already_recorded", "refused"]
    message: str
    remarks: list[RemarkOut]


@router.get("/drop", response=DropOut, operation_id="door_drop", summary="The day's hand-over")
def drop(request: HttpRequest, day: dt.date | None = None, next: bool = False) -> dict[str, Any]:
    """Open or find the hand-over of a day (without `day`: today's at the station). Once the shop
    signed it, packages that are listed or counted in after it, or `next=true`, open the one of the
    next van. More vans than a day can have are refused."""
    at, shop = clock.now(), request.shop
    day = day or clock.local_day(at, shop.zone)
    is_near = rules.is_near(day, clock.local_day(at, shop.zone))
    is_next = next or (is_near and queries.not_signed_yet(shop, day).packages > 0)
    handover = open_handover(shop=shop, service_day=day, at=at, is_next=is_next)
    return drop_out(handover, len(queries.to_return(shop, day)))


def drop_out(handover: Handover, to_return: int) -> dict[str, Any]:
    """A hand-over for a phone."""
    url = queries.driver_url(handover)
    return {
        "day": handover.service_day,
        "number": handover.number,
        "announced": handover.announced,
        "to_return": to_return,
        "status": handover.status,
        "taken_count": handover.taken_count,
        "returns_given_count": handover.returns_given_count,
        "driver": {
            "url": url,
            "qr": qr_svg(url),
            "given_count": handover.given_count,
            "returns_taken_count": handover.returns_taken_count,
            "name": handover.given_by_name,
        },
    }


@router.post(
    "/drop",
    response=SignedOut,
    operation_id="door_drop_sign",
    summary="Sign for the drop",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": CountIn.model_json_schema()}},
        }
    },
)
def sign(request: HttpRequest) -> dict[str, Any]:
    """Keep the shop's count and what it says about single packages, once however often it is sent.
    A remark that is refused says why, and the others are kept."""
    sent = count_of(request)
    require_shop(request, sent.shop)
    read = [parse_remark(item) for item in sent.remarks]
    signed = sign_as_taker(
        shop=request.shop,
        by=request.user,
        count=sent.count([one for one in read if one]),
        at=clock.now(),
    )
    answers = iter(signed.remarks)
    unreadable = str(SENTENCES[RemarkNo.BAD_REMARK])
    return {
        "number": signed.handover.number,
        "status": signed.handover.status,
        "result": signed.result,
        "message": signed.message,
        "remarks": [
            with_sent_id(item, next(answers))
            if said
            else RemarkAnswer(sent_id(item), "refused", unreadable, str(RemarkNo.BAD_REMARK))
            for item, said in zip(sent.remarks, read, strict=True)
        ],
    }


def count_of(request: HttpRequest) -> CountIn:
    """The body as a count. Refuses what can't be read, naming the fields."""
    try:
        body = json.loads(request.body)
    except (RawPostDataException, ValueError, RecursionError) as no:
        raise HttpError(400, _("The body is not JSON.")) from no
    try:
        return CountIn.model_validate(body)
    except ValidationError as no:
        raise CannotRead(no.errors(include_url=False, include_context=False)) from no


def with_sent_id(item: Any, answer: RemarkAnswer) -> RemarkAnswer:
    """The answer under the id as the phone spells it."""
    return RemarkAnswer(item["id"], answer.result, answer.message, answer.reason)
