"""Draft, approve, send and show pay runs from the terminal."""

import datetime as dt
import time
from argparse import SUPPRESS
from typing import Any

from django.core.management.base import CommandParser

from kernel import clock
from kernel.money import as_dollars
from kernel.terminal import HouseCommand, StepParser, day
from payouts.payruns import actions
from payouts.payruns.access import get_person
from payouts.payruns.models import PayRun, RunStatus
from payouts.payruns.queries import get_run, held_of
from payouts.statements.actions import check_books_for_runs, issue_statements

PATIENCE_S = 60  # longer than the lease of a worker that died


class Command(HouseCommand):
    help = (
        "draft --through D --by EMAIL [--zone Z] · approve ID --by EMAIL · send ID · show ID. The"
        " approver is another person than the drafter; both need their finance role."
    )

    def add_options(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(
            dest="step", required=True, metavar="STEP", parser_class=StepParser
        )
        draft = steps.add_parser("draft", help="claim and freeze what is due up to a day")
        draft.add_argument(
            "--through", required=True, type=day, metavar="YYYY-MM-DD", help="the last day"
        )
        draft.add_argument("--by", required=True, help="e-mail of who drafts")
        draft.add_argument(
            "--zone", default="", help="only shops of stations in this zone: America/Chicago"
        )
        approve = steps.add_parser("approve", help="let a drafted run go out")
        approve.add_argument("--by", required=True, help="e-mail of who approves")
        send = steps.add_parser("send", help="send an approved run, and wait until it is sent")
        show = steps.add_parser("show", help="where a run is")
        for step in (approve, send, show):
            step.add_argument("run_id", metavar="ID", type=int)
        for step in (draft, approve, send, show):
            step.add_argument(
                "--json", action="store_true", default=SUPPRESS, help="print one JSON object"
            )

    def run(self, **options: Any) -> dict[str, Any]:
        """One step, and where the run is after it."""
        step = getattr(self, options["step"])
        return answer_of(step(**options))

    def draft(self, *, through: dt.date, by: str, zone: str, **options: Any) -> PayRun:
        """Claim and freeze."""
        person = get_person(by)
        return actions.draft_run(through=through, zone=zone, by=person, at=clock.now())

    def approve(self, *, run_id: int, by: str, **options: Any) -> PayRun:
        """A second person approves, once the books were checked: here, when no worker did."""
        check_books_for_runs(at=clock.now())
        return actions.approve_run(run_id=run_id, by=get_person(by), at=clock.now())

    def send(self, *, run_id: int, **options: Any) -> PayRun:
        """Send, waiting for the leases of a worker that may have died, and issue the statements."""
        deadline = time.monotonic() + PATIENCE_S
        run = actions.send_run(run_id=run_id, at=clock.now())
        while run.status == RunStatus.SENDING and time.monotonic() < deadline:
            time.sleep(0.2)
            run = actions.send_run(run_id=run_id, at=clock.now())
        issue_statements(at=clock.now())
        return run

    def show(self, *, run_id: int, **options: Any) -> PayRun:
        """Only look."""
        return get_run(run_id)

    def describe(self, answer: dict[str, Any]) -> str:
        """The run in a sentence, held shops in a line each."""
        lines = [
            f"Pay run {answer['run']} is {answer['status']}: {as_dollars(answer['cents'])} to"
            f" {answer['shops']} shops."
        ]
        for held in answer["held"]:
            lines.append(f"  held: {held['shop']} {as_dollars(held['cents'])} ({held['reason']})")
        return "\n".join(lines)


def answer_of(run: PayRun) -> dict[str, Any]:
    """A run as other programs read it."""
    return {
        "run": run.pk,
        "status": run.status,
        "through": run.through.isoformat(),
        "zone": run.zone,
        "shops": run.shops,
        "cents": run.cents,
        "held": [
            {"shop": row["shop"], "cents": row["cents"], "reason": row["reason"]}
            for row in held_of(run)
        ],
    }
