"""Who may be asked to take more on a day, with what it would earn."""

import datetime as dt
from dataclasses import dataclass

from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.assignment.queries import Askable, Candidate, askable
from hubshops.assignment.rules import answer_by
from hubshops.stations.models import Station
from payouts.rates.models import RateKind
from payouts.rates.queries import fees_on

# An answer's words are the model's; its icon and tone stand beside them.
LOOKS = {
    "": ("clock", "info"),
    Answer.YES: ("circle-check", "good"),
    Answer.NO: ("circle-x", "warn"),
    Answer.WITHDRAWN: ("undo-2", ""),
    Answer.LAPSED: ("clock", "warn"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer as the page shows it; `cents` is the extra a package, None without one."""

    offer: OverflowOffer
    cents: int | None
    is_open: bool

    @property
    def icon(self) -> str:
        """What stands beside the answer."""
        return LOOKS[self.offer.answer][0]

    @property
    def tone(self) -> str:
        """Its colour."""
        return LOOKS[self.offer.answer][1]


@dataclass(frozen=True, slots=True)
class AskPage:
    """A day's packages that found every shop full, who may be asked (with the extra in cents, and
    for how many) and who was."""

    found: Askable
    candidates: list[tuple[Candidate, int | None, int]]
    asked: list[Asked]
    is_late: bool


def ask_page(station: Station, day: dt.date, at: dt.datetime) -> AskPage:
    """All the page shows. Some twelve queries, however many shops and packages."""
    found = askable(station, day)
    shops = [one.shop for one in found.candidates] + [one.shop for one in found.offers]
    cents = fees_on(shops, day, RateKind.OVER_CAP)
    is_late = at >= answer_by(day, station.zone)
    return AskPage(
        found,
        [(one, cents[one.shop.pk], how_many(one, found)) for one in found.candidates],
        [Asked(one, cents[one.shop_id], not one.answer and not is_late) for one in found.offers],
        is_late,
    )


def how_many(one: Candidate, found: Askable) -> int:
    """For how many to ask a shop: the doors it is nearest to, or reaches; no more than are left
    beside open offers."""
    return min(one.suggested or one.reaches, max(1, found.full - found.asked_for))
