"""Everything that is written about manifests."""

from hubshops.manifests.actions.publishing import plan_and_publish, publish_day
from hubshops.manifests.actions.reordering import (
    ManifestChanged,
    NotInTheTeam,
    NotTheseStops,
    TooManyTours,
    back_to_shortest,
    save_own_order,
    split_day,
)

__all__ = [
    "ManifestChanged",
    "NotInTheTeam",
    "NotTheseStops",
    "TooManyTours",
    "back_to_shortest",
    "plan_and_publish",
    "publish_day",
    "save_own_order",
    "split_day",
]
