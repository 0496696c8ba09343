"""Who is paid in a run, who is held and why, and who has moved most. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median


class Held(StrEnum):
    """Why a run does not pay a shop."""

    UNPRICED = "unpriced_deliveries"
    NEGATIVE = "negative_balance"
    ON_HOLD = "payout_on_hold"
    NEW_BANK = "new_bank_account"
    NOT_READY = "payout_account_not_ready"
    SUSPENDED = "shop_suspended"  # in runs of before; what was earned is paid, suspended or not
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
    is_not_ready: bool = False
    is_new_bank: bool = False
    is_closed: bool = False


def held_because(due: Due, *, minimum_cents: int) -> Held | None:
    """The reason for which this shop is not paid now, the one that staff can mend first. That it
    is suspended is none: what it earned it is still paid. The last payments of a shop that leaves
    may be as small as they are."""
    if due.has_unpriced:
        return Held.UNPRICED
    if due.cents < 0:
        return Held.NEGATIVE
    if due.is_on_hold:
        return Held.ON_HOLD
    if due.is_new_bank:
        return Held.NEW_BANK
    if due.is_not_ready:
        return Held.NOT_READY
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


HANDFUL = 5  # payments; of so few, the first would be the run
ONE_IN = 6  # while they are few
USUAL_CANARY = 3  # until one in a hundred is more


def canary_size(payments: int) -> int:
    """How many of a gateway's payments in a run are sent before all others: none of a handful, one
    of six, two of twelve, three from eighteen on, one in a hundred from three hundred on."""
    if payments <= HANDFUL:
        return 0
    return max(min(payments // ONE_IN, USUAL_CANARY), payments // 100)


class Canary(StrEnum):
    """What the first few payments say about the rest."""

    WAIT = "wait"
    GO_ON = "go_on"
    STOP = "stop"


def judge_canary(statuses: dict[str, int]) -> Canary:
    """Whether the rest may follow: every first payment has an end, one at least was made, and none
    failed. Those on hold say something about their payee only."""
    if any(statuses.get(status) for status in ("pending", "ready", "sending", "unknown")):
        return Canary.WAIT
    made = statuses.get("sent", 0) + statuses.get("settled", 0)
    return Canary.GO_ON if made and not statuses.get("failed") else Canary.STOP


# What keeps a gateway from sending until it is over, without anybody's doing: too little money, or
# what was found when it was looked at before its first payment.
PASSING = {
    "balance_insufficient",
    "balance_too_low",
    "provider_differs",
    "stripe_is_silent",
    "stripe_says_no",
}


def goes_on_by_itself(code: str) -> bool:
    """Whether a gateway that was stopped for this is looked at again and goes on by itself; what
    else stopped it, a person looks at."""
    return code in PASSING


def median_cents(amounts: Sequence[int]) -> int:
    """The middle of some amounts, of the two in the middle the rounded-down mean; 0 of none."""
    return int(median(amounts)) if amounts else 0


@dataclass(frozen=True)
class Mover:
    """One shop's amount now beside the last run's, and what it usually is."""

    shop_id: int
    cents: int
    before_cents: int
    usual_cents: int = 0

    @property
    def change_cents(self) -> int:
        """How much more (or less) than last time."""
        return self.cents - self.before_cents


def biggest_movers(
    now: Mapping[int, int], before: Mapping[int, int], usual: Mapping[int, int], *, limit: int
) -> list[Mover]:
    """The shops whose amounts changed most, either way; shops in only one of the runs included."""
    movers = [
        Mover(shop, now.get(shop, 0), before.get(shop, 0), usual.get(shop, 0))
        for shop in now.keys() | before.keys()
    ]
    changed = [mover for mover in movers if mover.change_cents]
    return sorted(changed, key=lambda mover: (-abs(mover.change_cents), mover.shop_id))[:limit]


# --- What follows from what a provider answered --------------------------------------------------

KEY_LIFE = dt.timedelta(hours=23)  # providers forget a key after a day: until then it is safe
LOOK_UP_AFTER = dt.timedelta(seconds=60)
HOLD_FOR = dt.timedelta(seconds=180)  # longer than any request of ours may be on its way
# A no that a provider keeps under its key: the same key would only bring the same answer again.
SPENT_BY = {"server_error", "key_means_another", "balance_insufficient"}


@dataclass(frozen=True)
class Try:
    """How far one transfer is: its status, how often it was tried, since when with this version of
    its key, and what came of it last (a code of the gateway)."""

    status: str
    attempts: int = 0
    version: int = 1
    first_sent_at: dt.datetime | None = None
    code: str = ""


@dataclass(frozen=True)
class Step:
    """What becomes of a transfer next."""

    status: str
    version: int
    first_sent_at: dt.datetime | None
    not_before: dt.datetime | None = None
    code: str = ""


def must_be_looked_up(one: Try, *, at: dt.datetime) -> bool:
    """Whether a transfer may not be sent before the provider's list was read: nobody knows what
    became of it, or its key may be forgotten by now."""
    is_old = one.first_sent_at is not None and at - one.first_sent_at >= KEY_LIFE
    return one.status == "unknown" or is_old


def pause(attempts: int, *, seed: int) -> dt.timedelta:
    """How long to wait after so many tries: doubling from 2 s to 5 min, spread by a quarter so that
    many do not come back at once. The same for the same transfer and try."""
    base = min(2.0 * 2 ** min(attempts, 8), 300.0)
    spread = ((seed * 2_654_435_761 + attempts * 40_503) % 1000) / 1000
    return dt.timedelta(seconds=base * (0.75 + 0.5 * spread))


def is_key_spent(one: Try, *, at: dt.datetime) -> bool:
    """Whether a transfer that was proved not to exist needs another version of its key: the old one
    is forgotten, or would only repeat an error."""
    is_old = one.first_sent_at is not None and at - one.first_sent_at >= KEY_LIFE
    return is_old or one.code in SPENT_BY


def next_step(one: Try, outcome: str, code: str, *, at: dt.datetime, seed: int) -> Step:
    """Where an answer leads. The key's version is raised only where the answer is a proof that
    nothing moved: a refusal that was kept under the key, or a look into the provider's list."""
    same = Step(one.status, one.version, one.first_sent_at, code=code)
    fresh = replace(same, version=one.version + 1, first_sent_at=None)
    if outcome == "sent":
        return replace(same, status="sent", code="")
    if outcome == "failed":
        return replace(same, status="failed")
    if outcome == "later":
        return replace(same, status="ready", not_before=at + pause(one.attempts, seed=seed))
    if outcome == "hold":
        held = same if code == "not_ready" else fresh
        if code == "not_ready" and one.attempts <= 1:
            held = replace(same, first_sent_at=None)  # nothing was ever asked under this key
        return replace(held, status="on_hold", not_before=at + HOLD_FOR)
    if outcome == "stop" and code == "key_means_another":
        return replace(same, status="unknown", not_before=at + LOOK_UP_AFTER)
    if outcome == "stop":
        return replace(fresh if code in SPENT_BY else same, status="ready")
    if outcome == "absent":
        return replace(fresh if is_key_spent(one, at=at) else same, status="ready", code="")
    wait = max(LOOK_UP_AFTER, pause(one.attempts, seed=seed))
    return replace(same, status="unknown", not_before=at + wait, code=code or one.code)
