"""A shop's own money, for its owner's programs. Amounts are whole cents."""

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from hubshops.shops.access import ShopSession
from hubshops.shops.models import Shop
from kernel import clock
from payouts.statements import documents, queries, rules
from payouts.statements.models import Statement
from payouts.statements.queries.papers import UnknownStatement

MOST_DAYS = 366
USUAL_DAYS = 28

router = Router(tags=["Money"], auth=ShopSession(owners_only=True))


class DayOut(Schema):
    """One local day: packages that earned a fee, and what was booked with corrections taken off."""

    day: dt.date
    packages: int
    cents: int
    is_provisional: bool = Field(description="The day is not over where the shop is")


class NextPayoutOut(Schema):
    """What is owed and no approved run pays yet."""

    cents: int
    final_cents: int = Field(description="Booked before today")
    today_cents: int = Field(description="Booked today: provisional")
    corrections_cents: int
    packages: int
    waiting_packages: int = Field(description="Delivered, their fee is not booked yet")


class EarningsOut(Schema):
    shop: str
    zone: str
    currency: str = "USD"
    days: list[DayOut]
    cents: int
    next_payout: NextPayoutOut


class StatementOut(Schema):
    """One statement: opening + earned + corrections − paid = closing."""

    number: str
    first_day: dt.date
    last_day: dt.date
    packages: int
    opening_cents: int
    earned_cents: int
    corrections_cents: int
    paid_cents: int
    closing_cents: int
    issued_at: dt.datetime


class LineSumOut(Schema):
    """What one line of a card, or one sort of correction, came to."""

    kind: str
    words: str
    rate_cents: int | None
    number: int
    cents: int


class StatementLineOut(Schema):
    """A row of the statement, as in its CSV."""

    booked_on: dt.date
    delivered_at: str = Field(description="In UTC; empty for what is not about one package")
    tracking_id: str
    kind: str
    rate_cents: int | None
    amount_cents: int
    reason: str


class WholeStatementOut(StatementOut):
    """A statement with all its lines; they add up to what was earned and corrected."""

    shop: str
    address: str
    zone: str
    currency: str
    sent_at: dt.datetime
    payment_reference: str
    pay_run: int
    why_it_differs: str = Field(description="A plain sentence: why not a month's deposits")
    earned_by_line: list[LineSumOut]
    lines: list[StatementLineOut]


class StatementsOut(Schema):
    statements: list[StatementOut]


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


NOT_FOR_YOU = {401: Problem, 404: Problem}


@router.get(
    "/earnings",
    response={200: EarningsOut, 422: Problem} | NOT_FOR_YOU,
    operation_id="earnings",
    summary="What the shop earned, day by day",
)
def earnings(
    request: HttpRequest,
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    last: Annotated[dt.date | None, Query(alias="to")] = None,
) -> dict[str, object]:
    """Both days are included; without them, the last four weeks. At most 366 days."""
    shop: Shop = request.shop
    today = clock.local_day(clock.now(), shop.zone)
    last = last or today
    first = first or max(last, dt.date(1, 2, 1)) - dt.timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (last - first).days < MOST_DAYS:
        words = _("Give a span of 1 to %(most)s days, “from” before “to”.")
        raise HttpError(422, words % {"most": MOST_DAYS})
    days = queries.earned_days(shop, first=first, last=last)
    upcoming = queries.next_payout(shop, today=today)
    return {
        "shop": shop.name,
        "zone": shop.zone,
        "days": [vars(day) | {"is_provisional": day.day >= today} for day in days],
        "cents": rules.total(days),
        "next_payout": vars(upcoming) | {"cents": upcoming.total_cents},
    }


@router.get(
    "/statements",
    response={200: StatementsOut} | NOT_FOR_YOU,
    operation_id="statements",
    summary="The shop's statements, the newest first",
)
def statements(request: HttpRequest) -> dict[str, object]:
    """Each is frozen: a later one corrects it."""
    return {"statements": list(queries.statements_of(request.shop))}


@router.get(
    "/statements/{number}.pdf",
    response={200: None} | NOT_FOR_YOU,
    operation_id="statement_pdf",
    summary="One statement as PDF",
)
def statement_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The same bytes every time, in the caller's language."""
    return file_of(request, number, "pdf")


@router.get(
    "/statements/{number}.csv",
    response={200: None} | NOT_FOR_YOU,
    operation_id="statement_csv",
    summary="One statement as CSV, a row per fee",
)
def statement_csv(request: HttpRequest, number: str) -> HttpResponse:
    """The amounts add up to what was earned and corrected."""
    return file_of(request, number, "csv")


@router.get(
    "/statements/{number}.json",
    response={200: WholeStatementOut} | NOT_FOR_YOU,
    operation_id="statement_json",
    summary="One statement with every line",
)
def statement_json(request: HttpRequest, number: str) -> dict[str, Any]:
    """The same lines as the CSV, with the sums by line of the card. Amounts are whole cents."""
    return documents.statement_facts(queries.paper_of(found_statement(request, number)))


def found_statement(request: HttpRequest, number: str) -> Statement:
    """A statement of this shop; 404 for any other."""
    try:
        return queries.get_statement(number, shop=request.shop)
    except UnknownStatement as no:
        raise Http404 from no


def file_of(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """One statement of this shop as a file."""
    paper = queries.paper_of(found_statement(request, number))
    content, content_type, name = documents.statement_file(paper, kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
