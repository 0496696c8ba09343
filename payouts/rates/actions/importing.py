"""Opening shops from a file, with their fees."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.shops.actions import PromisedMore, save_shop
from hubshops.shops.models import Shop
from hubshops.shops.rules import street_key
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.refusals import Refusal
from kernel.sheets import Complaint
from payouts.rates.actions.agreeing import agree_rate
from payouts.rates.feeds.shops_csv_v1 import ShopRow, read_shops
from payouts.rates.queries import rate_on


@dataclass(frozen=True, slots=True)
class ShopsReport:
    """What a file of shops did."""

    opened: int
    updated: int
    unchanged: int
    complaints: tuple[Complaint, ...]
    unknown_columns: tuple[str, ...] = ()

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """Line, field and reason of every refused row, in the order of the file."""
        return [complaint.as_dict() for complaint in self.complaints]


@transaction.atomic
def import_shops(
    *,
    station: Station,
    content: bytes,
    at: dt.datetime,
    by: User | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> ShopsReport:
    """Open the shops of a CSV file or bring them up to date, and agree their fees.

    Good rows are saved, bad ones come back as complaints. An empty fee is the station's standard; a
    changed fee holds from the next local day. Refuses a file that is no list of shops.
    """
    rows, unknown_columns = read_shops(content)
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    total = content.count(b"\n")
    outcomes: Counter[str] = Counter()
    complaints: list[Complaint] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows:
        result = (
            row
            if isinstance(row, Complaint)
            else repeated(line, row, seen)
            or save_row(station=station, line=line, row=row, at=at, by=by)
        )
        if isinstance(result, Complaint):
            complaints.append(result)
        else:
            outcomes[result] += 1
        if on_progress:
            on_progress(min(line, total), total)
    return ShopsReport(
        opened=outcomes["opened"],
        updated=outcomes["updated"],
        unchanged=outcomes["unchanged"],
        complaints=tuple(complaints),
        unknown_columns=tuple(unknown_columns),
    )


def repeated(line: int, row: ShopRow, seen: dict[tuple[str, str], int]) -> Complaint | None:
    """The complaint about a shop that stands higher up in the same file."""
    key = str(row.facts["name"]).casefold(), street_key(str(row.facts["address1"]))
    first = seen.setdefault(key, line)
    if first == line:
        return None
    reason = gettext("This shop is on line %(line)s already; the first row counts.")
    return Complaint(line, "name", reason % {"line": first}, str(row.facts["name"]))


def save_row(
    *, station: Station, line: int, row: ShopRow, at: dt.datetime, by: User | None
) -> str | Complaint:
    """Save one shop with its fee: `opened`, `updated`, `unchanged`, or why not."""
    today = clock.local_day(at, station.zone)
    try:
        with transaction.atomic():
            shop, outcome = save_shop(station=station, at=at, by=by, **row.facts)
            tomorrow = today + dt.timedelta(days=1)
            if row.fee_cents is None:
                check_has_fee(shop, tomorrow)
                return outcome
            _rate, is_changed = agree_rate(
                shop=shop, amount_cents=row.fee_cents, first_day=tomorrow, at=at, by=by
            )
            return "updated" if is_changed and outcome == "unchanged" else outcome
    except PromisedMore as no:
        return Complaint(line, "daily_cap", no.sentence)
    except Refusal as no:
        return Complaint(line, "fee_cents", no.sentence)


class NoStandardFee(Refusal):
    code = "no_standard_fee"
    message = _("Give a fee: the station has no standard fee yet.")


def check_has_fee(shop: Shop, day: dt.date) -> None:
    """Refuse a shop whose packages would earn nothing known."""
    if rate_on(shop, day) is None:
        raise NoStandardFee
