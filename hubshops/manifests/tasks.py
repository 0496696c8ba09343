"""What the worker does for manifests."""

import datetime as dt

from hubshops.manifests import actions
from hubshops.manifests.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.DRAW)
def draw(manifest_id: int, version: int, **_: object) -> None:
    """Draw the paper of one version ahead."""
    actions.draw_paper(manifest_id=manifest_id, version=version, at=clock.now())


@handles(Jobs.FORGET)
def forget(**_: object) -> None:
    """Let go of papers that must be destroyed by now."""
    actions.forget_papers(at=clock.now())


@handles(Jobs.WATCH)
def watch(**_: object) -> None:
    """Look whether this morning is ready."""
    actions.watch_mornings(at=clock.now())


@handles(Jobs.PLAN_SWEEP)
def promise_plans(**_: object) -> None:
    """Ask for today's plan of the stations whose hour has come."""
    actions.promise_plans(at=clock.now())


@handles(Jobs.PLAN)
def plan(station_id: int, day: str, **_: object) -> None:
    """Plan and publish one station's day."""
    service_day = dt.date.fromisoformat(day)
    actions.plan_today(station_id=station_id, service_day=service_day, at=clock.now())
