"""Deposits: what comes and when, and what one was for, down to the photo of a door."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from hubshops.deliveries.queries import first_photos
from hubshops.forecasts.queries import Outlook, outlook_of
from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from kernel import clock
from kernel.bank_days import holidays_between
from kernel.rows import rows
from payouts.accruals.queries import LINES, worded
from payouts.payruns.models import Transfer, TransferReversal
from payouts.payruns.queries import (
    is_week_drafted,
    lines_of_payment,
    others_of_payment,
    still_due_cents,
)
from payouts.payruns.rules import week_end
from payouts.providers.models import GatewayName, PayoutAccount
from payouts.providers.rules.returns import why_back
from payouts.statements import rules
from payouts.statements.queries.biography import ways_of
from payouts.statements.rules import Earned, PayDay

Row = dict[str, Any]
NO_PAYMENT = ("pending", "cancelled")  # drafts that nobody approved


def bank_holidays(today: dt.date) -> frozenset[dt.date]:
    """The days around `today` on which no money moves."""
    return holidays_between(today - dt.timedelta(days=60), today + dt.timedelta(days=60))


@dataclass(frozen=True)
class Upcoming:
    """One deposit to come: how much so far, and when. `is_checked`: a run that holds it is being
    checked, so no more joins it."""

    day: PayDay
    cents: int
    is_checked: bool = False


@dataclass(frozen=True)
class Ahead:
    """What a shop may expect: its deposits to come, the first one first; through whom; and that
    payments are on hold, so that no day can be named."""

    deposits: list[Upcoming] = field(default_factory=list)
    gateway: str = str(GatewayName.BANK_FILE)
    is_on_hold: bool = False

    @property
    def first(self) -> Upcoming | None:
        """The next deposit; none while nothing is due or payments are on hold."""
        is_promised = not self.is_on_hold and self.deposits and self.deposits[0].cents > 0
        return self.deposits[0] if is_promised else None


def deposits_ahead(
    shop: Shop, *, today: dt.date, drafted: dict[dt.date, int], over: dict[dt.date, int], rest: int
) -> Ahead:
    """The deposits to come: drafted runs (last day → cents), those of weeks that are `over` and not
    drafted yet, then the run that pays the `rest`. One query."""
    account = PayoutAccount.objects.filter(shop=shop).first()
    gateway = account.gateway if account else str(GatewayName.BANK_FILE)
    facts: dict[str, Any] = {"gateway": gateway, "closed": bank_holidays(today), "today": today}
    deposits = [
        Upcoming(rules.pay_day_of(through, **facts), cents, is_checked=True)
        for through, cents in sorted(drafted.items())
    ]
    deposits += [
        Upcoming(rules.pay_day_of(through, **facts), cents) for through, cents in over.items()
    ]
    if rest:
        deposits.append(Upcoming(rules.next_pay_day(**facts), rest))
    is_on_hold = bool(account and account.hold_reason)
    return Ahead(deposits, gateway, is_on_hold)


def upcoming_of(shop: Shop, *, today: dt.date, total_cents: int) -> Ahead:
    """What a shop may expect of `total_cents` that it is owed. Five queries at most."""
    drafted = {
        row["through"]: row["cents"]
        for row in rows(
            """
            SELECT r.through, sum(t.amount_cents)::bigint AS cents
            FROM transfer t JOIN pay_run r ON r.id = t.run_id
            WHERE t.shop_id = %s AND t.status = 'pending' GROUP BY r.through
            """,
            [shop.pk],
        )
    }
    over = week_to_come(shop, today=today)
    rest = total_cents - sum(drafted.values()) - sum(over.values())
    return deposits_ahead(shop, today=today, drafted=drafted, over=over, rest=rest)


def week_to_come(shop: Shop, *, today: dt.date) -> dict[dt.date, int]:
    """The week that is over where the shop is and that nobody drafted for its zone yet: its last
    day → what is due of it. Nothing when nothing is."""
    through = week_end(today)
    if is_week_drafted(zone=shop.zone, through=through):
        return {}
    cents = still_due_cents(shop_id=shop.pk, through=through)
    return {through: cents} if cents > 0 else {}


def arrival_of(sent_at: dt.datetime, *, gateway: str, zone: str) -> dt.date:
    """The day by which a payment that was sent is at the shop's bank."""
    sent_on = clock.local_day(sent_at, zone)
    return rules.arrival(sent_on, gateway=gateway, closed=bank_holidays(sent_on))


@dataclass(frozen=True)
class Deposit:
    """One payment to a shop with all that it was for: a line a fee, extra or correction, each with
    its package, and what no package explains (`others`)."""

    transfer: Transfer
    lines: list[Row]
    others: list[Row]

    @property
    def lines_cents(self) -> int:
        """What packages brought."""
        return sum(line["amount_cents"] for line in self.lines)

    @property
    def others_cents(self) -> int:
        """What else was booked."""
        return sum(line["cents"] for line in self.others)

    @property
    def packages(self) -> int:
        """Packages that earned a fee."""
        return sum(1 for line in self.lines if line["kind"] == "fee")


def deposit_of(shop: Shop, transfer_id: int) -> Deposit | None:
    """One payment of this shop, of which some run was approved. Three queries."""
    found = Transfer.objects.filter(pk=transfer_id, shop=shop).exclude(status__in=NO_PAYMENT)
    transfer = found.select_related("run", "statement").first()
    if transfer is None:
        return None
    return Deposit(transfer, lines_of_payment(transfer), others_of_payment(transfer))


def with_photos(lines: list[Row]) -> list[Row]:
    """Lines with the first photo of their door (`photo`: a proof, or None). Two queries."""
    photos = first_photos([line["delivery_id"] for line in lines if line["delivery_id"]])
    return [line | {"photo": photos.get(line["delivery_id"])} for line in lines]


@dataclass(frozen=True)
class PackageMoney:
    """All that one package brought a shop, and its photo."""

    package: Package
    lines: list[Row]

    @property
    def cents(self) -> int:
        """What is left of it."""
        return sum(line["amount_cents"] for line in self.lines)


def package_money(shop: Shop, package_id: int) -> PackageMoney | None:
    """Every fee, extra and correction of one package for this shop, each with its rate, where its
    money is, and the photo. None when it brought this shop nothing. Five queries."""
    lines = worded(
        f"{LINES} WHERE d.package_id = %s AND a.shop_id = %s ORDER BY e.booked_on, a.id",
        [package_id, shop.pk],
    )
    if not lines:
        return None
    ways = ways_of(sorted({line["entry_id"] for line in lines}))
    nothing = {"transfer_id": None, "run_id": None, "status": "", "statement": None}
    lines = with_photos([line | ways.get(line["entry_id"], nothing) for line in lines])
    return PackageMoney(Package.objects.get(pk=package_id), lines)


@dataclass(frozen=True)
class WeekAhead:
    """What the seven days to come may bring: packages and cents, from so many days."""

    low_packages: int
    high_packages: int
    low_cents: int
    high_cents: int
    known_days: int
    is_sure: bool


def week_ahead(shop: Shop, *, today: dt.date, days: list[Earned]) -> WeekAhead | None:
    """The forecast of packages at what a package brought in `days`; None while there is no forecast
    or nothing was earned. One query."""
    outlook: Outlook = outlook_of(shop, today)
    low = sum(band.low for band in outlook.bands)
    high = sum(band.high for band in outlook.bands)
    earned, packages = rules.total(days), sum(day.packages for day in days)
    band = rules.band_of_money(low, high, earned_cents=earned, packages=packages)
    if band is None:
        return None
    return WeekAhead(low, high, *band, outlook.known_days, outlook.is_sure)


def last_returns(*, limit: int = 50) -> list[Row]:
    """What banks sent back, the newest first: shop, cents, why, when. One query."""
    found = TransferReversal.objects.filter(key__startswith="return:", status="done")
    newest = found.select_related("transfer__shop__station").order_by("-done_at", "-pk")[:limit]
    return [
        {
            "shop": one.transfer.shop,
            "cents": one.amount_cents,
            "code": one.reason,
            "words": why_back(one.reason),
            "at": one.done_at,
            "zone": one.transfer.shop.station.zone,
        }
        for one in newest
    ]


def back_of(transfer: Transfer) -> list[Row]:
    """What came back of one payment: cents, and why, as a bank's code says it. One query."""
    return [
        {"cents": one.amount_cents, "words": why_back(one.reason) if is_code(one) else ""}
        for one in transfer.reversals.filter(status="done").order_by("pk")
    ]


def is_code(one: TransferReversal) -> bool:
    """Whether a bank sent it back."""
    return one.key.startswith("return:")
