"""The end of a day."""

import datetime as dt
import json
import uuid
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as CannotRead
from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from hubshops.deliveries.actions import Closed, close_day
from hubshops.deliveries.api.wire import MEANT_FOR, body_of, no_number, router
from hubshops.deliveries.forms import believable
from hubshops.deliveries.queries import DayCounts
from hubshops.shops.access import require_shop
from kernel import clock

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
