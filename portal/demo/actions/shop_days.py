"""One shop's day, as it is played."""

import datetime as dt
from dataclasses import dataclass, field

from hubshops.drops.models import Handover
from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from portal.demo.actions.people import ROSAS
from portal.demo.rules import Trouble


@dataclass(frozen=True)
class ShopDay:
    """One shop's day as it is played up to `at`: its hand-over, what goes wrong and about which
    package. `is_shown`: pictures are taken at some doors."""

    shop: Shop
    day: dt.date
    at: dt.datetime
    window: tuple[dt.datetime, dt.datetime]
    handover: Handover | None
    trouble: Trouble | None = None
    about: str = ""
    is_shown: bool = False
    packages: dict[str, Package] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Whether this day is not over, so that some of it is left to whoever tries the demo."""
        return self.window[1] > self.at

    @property
    def has_phones(self) -> bool:
        """Whether this shop's people work with the application, and the others with pages."""
        return self.shop.slug == ROSAS
