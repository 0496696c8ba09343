"""Everything that is written about manifests."""

from hubshops.manifests.actions.papers import draw_paper, forget_papers
from hubshops.manifests.actions.planning import plan_today, promise_plans
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
from hubshops.manifests.actions.watching import watch_mornings

__all__ = [
    "ManifestChanged",
    "NotInTheTeam",
    "NotTheseStops",
    "TooManyTours",
    "back_to_shortest",
    "draw_paper",
    "forget_papers",
    "plan_and_publish",
    "plan_today",
    "promise_plans",
    "publish_day",
    "save_own_order",
    "split_day",
    "watch_mornings",
]
