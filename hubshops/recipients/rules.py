"""When a recipient hears what. Pure: plain values in, plain values out."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

UNDO_WINDOW = dt.timedelta(minutes=10)  # as long as a phone offers to undo
NOT_OLDER_THAN = dt.timedelta(hours=12)
WORTH_SENDING = dt.timedelta(hours=2)
QUIET_FROM, QUIET_UNTIL = dt.time(21), dt.time(8)
AMERICAN = re.compile(r"1?([2-9]\d\d[2-9]\d{6})")


class Kind(StrEnum):
    """What there is to say about a package."""

    OUT = "out"
    LEFT = "left"
    TRIED = "tried"


# What a package's state has to say. Of other states nobody hears.
KINDS = {
    "OUT_FOR_DELIVERY": Kind.OUT,
    "DELIVERED": Kind.LEFT,
    "ATTEMPTED": Kind.TRIED,
    "RETURN_PENDING": Kind.TRIED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A package as it stands: its state, when the act behind it happened (the moment that counts),
    and when we last heard anything of the package."""

    state: str
    acted_at: dt.datetime
    heard_at: dt.datetime
    zone: str

    @property
    def kind(self) -> Kind | None:
        """What there would be to say."""
        return KINDS.get(self.state)

    @property
    def day(self) -> dt.date:
        """The local day of the act."""
        return self.acted_at.astimezone(ZoneInfo(self.zone)).date()


def is_to_be_said(package: Standing, at: dt.datetime) -> bool:
    """Whether the recipient is told now.

    Never in quiet hours, never of what happened more than twelve hours ago, and of a delivery or a
    try only when nothing can be undone any more: ten minutes after the act, and after anything we
    heard since. That a package comes today is only said today.
    """
    if package.kind is None or is_quiet(at, package.zone):
        return False
    if at - package.acted_at > NOT_OLDER_THAN:
        return False
    if package.kind == Kind.OUT:
        return package.day == at.astimezone(ZoneInfo(package.zone)).date()
    return at - max(package.acted_at, package.heard_at) >= UNDO_WINDOW


def is_quiet(at: dt.datetime, zone: str) -> bool:
    """Whether people may be asleep: from nine in the evening until eight in the morning."""
    now = at.astimezone(ZoneInfo(zone)).time()
    return now >= QUIET_FROM or now < QUIET_UNTIL


def send_before(at: dt.datetime, zone: str) -> dt.datetime:
    """Until when a text written now is worth sending: two hours, and not into the quiet hours."""
    local = at.astimezone(ZoneInfo(zone))
    evening = dt.datetime.combine(local.date(), QUIET_FROM, ZoneInfo(zone))
    return min(at + WORTH_SENDING, evening)


def number_of(phone: str) -> str:
    """An American number as gateways want it, "+14795550123"; empty when it can't be one."""
    if set(phone) - set("0123456789 ()+-./"):
        return ""
    found = AMERICAN.fullmatch("".join(filter(str.isdecimal, phone)))
    return f"+1{found[1]}" if found else ""


def fingerprint_of(number: str) -> str:
    """What is kept of a number that stopped. It keeps numbers off lists and screens; it can't keep
    them from somebody who has the database, where the packages have their numbers anyway."""
    return hashlib.sha256(f"text-stop:{number}".encode()).hexdigest()
