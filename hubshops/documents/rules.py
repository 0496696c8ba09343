"""Where a paper may go, when it runs out, and what its owner hears before. Pure."""

import datetime as dt

# Where a document may go from where it is; PostgreSQL refuses everything else.
MOVES = {
    "requested": {"uploaded"},
    "uploaded": {"under_review"},
    "under_review": {"valid", "rejected"},
    "rejected": {"uploaded"},
    "valid": {"expiring", "expired"},
    "expiring": {"expired"},
    "expired": set(),
}
REMIND_DAYS = (30, 14, 3)
# Without these a shop gets no packages. A person stays who she is when her card runs out.
HOLD_UP = frozenset({"licence", "insurance"})
KEEP_DAYS = 180


def days_left(expires_on: dt.date, today: dt.date) -> int:
    """How many days a paper is still good after today; it is good on its last day, too."""
    return (expires_on - today).days


def status_on(expires_on: dt.date | None, today: dt.date) -> str:
    """What an accepted paper is on a day: `valid`, `expiring` (30 days or less) or `expired`."""
    if expires_on is None:
        return "valid"
    left = days_left(expires_on, today)
    if left < 0:
        return "expired"
    return "expiring" if left <= REMIND_DAYS[0] else "valid"


def reminder_due(expires_on: dt.date, today: dt.date) -> int | None:
    """Which reminder fits today: 30, 14 or 3; None while it is early, and once it is too late."""
    left = days_left(expires_on, today)
    passed = [days for days in REMIND_DAYS if 0 <= left <= days]
    return min(passed, default=None)


def holder_key(name: str) -> str:
    """A person's name as two spellings of it are compared."""
    return " ".join(name.split()).casefold()
