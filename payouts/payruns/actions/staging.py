"""The stages of a run, each a row."""

import datetime as dt
from typing import Any

from kernel.accounts.models import User
from payouts.payruns.models import PayRun, RunStage, StageName


def note_stage(
    *,
    run: PayRun,
    name: StageName,
    at: dt.datetime,
    by: User | None = None,
    figures: dict[str, Any] | None = None,
    gateway: str = "",
) -> None:
    """Note that a locked run, or one gateway of it, reached a stage; the first time counts."""
    stage = RunStage(
        run=run, name=name, gateway=gateway, reached_at=at, by=by, figures=figures or {}
    )
    RunStage.objects.bulk_create([stage], ignore_conflicts=True)
