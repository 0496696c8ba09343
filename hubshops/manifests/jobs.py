"""Jobs of manifests."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to manifests later."""

    DRAW = "manifests.draw"
    FORGET = "manifests.forget"
    WATCH = "manifests.watch"
    PLAN_SWEEP = "manifests.plan_sweep"
    PLAN = "manifests.plan"
