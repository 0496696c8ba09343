"""The drop and the day's end, as a shop's pages show them."""

import datetime as dt
from dataclasses import dataclass

from hubshops.deliveries.models import DayClose
from hubshops.deliveries.queries import (
    DayBooks,
    DoorPackage,
    day_books,
    door_day,
    last_close,
    unsent_devices,
)
from hubshops.drops.models import Handover
from hubshops.drops.queries import handovers_of, not_signed_yet
from hubshops.drops.rules import Counts
from hubshops.shops.models import Shop


@dataclass(frozen=True)
class DropPage:
    """A shop's drop as it is now: what is still to be counted in, what goes back, what was counted
    and is not signed for, and the hand-overs signed before."""

    handover: Handover
    coming: list[DoorPackage]
    to_return: list[DoorPackage]
    counted: Counts
    earlier: list[Handover]

    @property
    def step(self) -> str:
        """The one thing to do now."""
        if self.handover.taken_at:
            return "done"
        if self.coming:
            return "count"
        return "return" if self.to_return else "sign"


def drop_page(shop: Shop, handover: Handover) -> DropPage:
    """What the page of a hand-over shows. Five queries, whatever the number of packages."""
    day = door_day(shop, handover.service_day)
    known = handovers_of(shop, handover.service_day)
    return DropPage(
        handover=handover,
        coming=[one for one in day.coming if one.service_day == handover.service_day],
        to_return=day.to_give_back,
        counted=not_signed_yet(shop, handover.service_day),
        earlier=[one for one in known if one.pk != handover.pk and one.taken_at],
    )


@dataclass(frozen=True)
class ClosePage:
    """A shop's day at its end: the books with their packages, who closed it, and which phones still
    hold work."""

    books: DayBooks
    close: DayClose | None
    unsent: list[dict]

    @property
    def rows(self) -> list[tuple[str, int, int | None, list[DoorPackage]]]:
        """Each number with the phone's, when a phone told it, and its packages."""
        ours = self.books.counts.as_dict()
        theirs = self.close.phone_counts if self.close else {}
        return [(name, ours[name], theirs.get(name), getattr(self.books, name)) for name in ours]

    @property
    def has_phone(self) -> bool:
        """Whether a phone told its counts."""
        return bool(self.close and self.close.phone_counts)


def close_page(shop: Shop, day: dt.date, at: dt.datetime) -> ClosePage:
    """What the page of a day's end shows. Seven queries."""
    return ClosePage(day_books(shop, day), last_close(shop, day), unsent_devices(shop, at))
