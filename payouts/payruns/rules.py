"""Who is paid in a run, who is held and why, and who has moved most. Pure."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Held(StrEnum):
    """Why a run does not pay a shop."""

    UNPRICED = "unpriced_deliveries"
    NEGATIVE = "negative_balance"
    ON_HOLD = "payout_on_hold"
    SUSPENDED = "shop_suspended"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True)
class Due:
    """What one shop could be paid now, and what speaks against it. `recovered_cents` were taken off
    it for a deduction already."""

    shop_id: int
    cents: int
    recovered_cents: int = 0
    has_unpriced: bool = False
    is_on_hold: bool = False
    is_suspended: bool = False
    is_closed: bool = False


def held_because(due: Due, *, minimum_cents: int) -> Held | None:
    """The reason for which this shop is not paid now, the one that staff can mend first. A closed
    shop's last payment may be as small as it is."""
    if due.has_unpriced:
        return Held.UNPRICED
    if due.cents < 0:
        return Held.NEGATIVE
    if due.is_suspended:
        return Held.SUSPENDED
    if due.is_on_hold:
        return Held.ON_HOLD
    if due.cents < minimum_cents and not due.is_closed:
        return Held.BELOW_MINIMUM
    return None


def judge(
    dues: list[Due], *, minimum_cents: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int, Held]]]:
    """Split shops into paid (shop, cents) and held (shop, cents, reason). A shop to which nothing
    is due is in neither."""
    paid, held = [], []
    for due in dues:
        if due.cents == 0 and not due.has_unpriced:
            continue
        reason = held_because(due, minimum_cents=minimum_cents)
        if reason is None:
            paid.append((due.shop_id, due.cents))
        else:
            held.append((due.shop_id, due.cents, reason))
    return paid, held


def week_end(today: dt.date) -> dt.date:
    """The last Sunday before `today`: the day a weekly run pays through."""
    return today - dt.timedelta(days=today.isoweekday())


@dataclass(frozen=True)
class Mover:
    """One shop's amount now beside the last run's."""

    shop_id: int
    cents: int
    before_cents: int

    @property
    def change_cents(self) -> int:
        """How much more (or less) than last time."""
        return self.cents - self.before_cents


def biggest_movers(now: dict[int, int], before: dict[int, int], *, limit: int) -> list[Mover]:
    """The shops whose amounts changed most, either way; shops in only one of the runs included."""
    movers = [Mover(shop, now.get(shop, 0), before.get(shop, 0)) for shop in now.keys() | before]
    changed = [mover for mover in movers if mover.change_cents]
    return sorted(changed, key=lambda mover: (-abs(mover.change_cents), mover.shop_id))[:limit]
