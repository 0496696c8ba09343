"""How long a reviewer holds an application, and which steps a background check may take. Pure,
but for the calendar of holidays."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kernel.bank_days import bank_days_after, holidays_between

CLAIM_LASTS = dt.timedelta(hours=4)
# The words under which a person agrees; a new version when one word of them changes.
CONSENT_TEXT = "2026-11"
DAYS_TO_ANSWER = 5
A_DAY = dt.timedelta(days=1)

# Where a background check may go from where it is; PostgreSQL refuses everything else.
CHECK_MOVES = {
    "asked": {"consented", "excused"},
    "consented": {"ordered", "excused"},
    "ordered": {"clear", "consider", "excused"},
    "consider": {"cleared", "pre_adverse"},
    "pre_adverse": {"cleared", "adverse"},
    "adverse": {"excused"},  # she does not deliver: the shop may be approved without her
    "clear": set(),
    "cleared": set(),
    "excused": set(),
}
SETTLED = {"clear", "cleared", "excused"}


def last_day_to_answer(sent_on: dt.date) -> dt.date:
    """The fifth business day after a report was sent to its person: hers to the end."""
    closed = holidays_between(sent_on, sent_on + dt.timedelta(days=14))
    return bank_days_after(sent_on, DAYS_TO_ANSWER, closed)


def adverse_from(sent_on: dt.date) -> dt.date:
    """The first day on which the answer may be a final no."""
    return last_day_to_answer(sent_on) + A_DAY


def is_settled(statuses: Iterable[str]) -> bool:
    """Whether an application may be approved as far as these checks go: there is at least one, and
    each is clear, cleared or excused."""
    known = list(statuses)
    return bool(known) and set(known) <= SETTLED


def is_name_of(named: str, typed: str) -> bool:
    """Whether somebody typed the name under which she was named; more of it is hers, too."""
    words = [set(name.casefold().replace(".", " ").split()) for name in (named, typed)]
    return words[0] <= words[1]


@dataclass(frozen=True)
class Known:
    """What the checklist of a review looks at."""

    is_screened: bool
    is_placed: bool
    has_question: bool
    grave_findings: int
    people: int
    checks: Collection[str]
    papers_missing: int


def checklist(known: Known) -> dict[str, bool]:
    """What has to be so before a yes, and whether it is; papers may follow after it."""
    return {
        "screened": known.is_screened,
        "placed": known.is_placed,
        "answered": not known.has_question,
        "sound": not known.grave_findings,
        "named": known.people > 0,
        "checked": len(known.checks) == known.people and is_settled(known.checks),
        "papers": not known.papers_missing,
    }
