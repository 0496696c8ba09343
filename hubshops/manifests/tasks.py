"""What the worker does for manifests."""

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
