"""The stages of a run, each a row."""

import datetime as dt
from typing import Any

from django.db import transaction

from kernel.accounts.models import User
from payouts.payruns.models import PayRun, RunStage, RunStatus, StageName


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


@transaction.atomic
def note_books_checked(*, run_ids: list[int], findings: int, at: dt.datetime) -> None:
    """Note that the books were checked after these runs were drafted, and how many kinds of
    findings there were: now a run may be approved. One that is no draft any more stays as it is."""
    drafted = PayRun.objects.filter(pk__in=run_ids, status=RunStatus.DRAFTED)
    for run in drafted.order_by("pk").select_for_update():
        note_stage(run=run, name=StageName.BOOKS, figures={"findings": findings}, at=at)
