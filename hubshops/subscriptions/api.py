"""A station's events, for its own systems."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hubshops.subscriptions import queries
from hubshops.subscriptions.rules import parse_cursor
from kernel.web.answers import HttpNo

router = Router(tags=["Events"])


class EventOut(Schema):
    """One fact about one package. It never changes; a later event may amend it."""

    id: int
    tracking_id: str
    service_day: dt.date
    kind: str = Field(description="What happened, such as `delivered`")
    state: str = Field(description="The package's state afterwards")
    happened_at: dt.datetime = Field(description="The phone's clock")
    received_at: dt.datetime = Field(description="Our clock")
    shop: str | None = Field(description="The shop's short name")
    reason: str = Field(description="Why not, as a code; empty when it went well")
    outcome: str = Field(description="Where it was left, as a code")
    amends: int | None = Field(description="The id of the event that this one corrects")


class EventsOut(Schema):
    """A page of events."""

    events: list[EventOut]
    next: str = Field(description="Send it as `after` to go on from here")
    more: bool = Field(description="Whether there is more already")


class Problem(Schema):
    """Why not (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""


@router.get(
    "/stations/{code}/events",
    response={200: EventsOut, (401, 404, 410, 422, 429): Problem},
    operation_id="station_events",
    summary="A station's package events, in order",
)
def events(
    request: HttpRequest,
    code: str,
    after: str = Query("", description="`next` of the page before; empty is the beginning"),
    limit: int = Query(200, ge=1, le=1000),
) -> dict[str, Any]:
    """Every event of the station once, in the order in which a package's events happened to it.

    Keep `next` and send it with the next call; it is there even when nothing is new. No names,
    addresses or notes.
    """
    cursor = parse_cursor(after)
    if cursor is None:
        raise HttpNo(422, _("Send “after” as you got it in “next”, or leave it out."))
    try:
        page = queries.events_after(request.station, cursor, limit)
    except queries.CursorIsUnknown as no:
        raise HttpNo(410, no.sentence) from no
    return {"events": page.events, "next": str(page.next), "more": page.has_more}
