"""PostgreSQL stopped at once and started again while this process books and drafts, on a database
of its own: `VAR_DIR=… python -m tests.faults.restart_process`. Prints what it found as JSON."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

RESTARTED_AT = (3, 9, 20, 40)  # statements of a sweep, and of a draft


class Restart:
    """PostgreSQL is stopped at once, without asking anybody, and started again, before our n-th
    statement."""

    def __init__(self, turn: int) -> None:
        self.turn = turn

    def __call__(self, execute, sql, params, many, context):
        from kernel.embedded.postgres import Postgres

        self.turn -= 1
        if self.turn == 0:
            server = Postgres(Path(os.environ["VAR_DIR"]))
            stopped = server.pid()
            os.kill(stopped, signal.SIGQUIT)
            with contextlib.suppress(psycopg.Error):
                while True:  # until the line is cut
                    context["cursor"].cursor.execute("SELECT pg_sleep(0.05)")
            server.ensure()
        return execute(sql, params, many, context)


def restarted(turn: int, work: Callable[[], object]) -> bool:
    """Whether some work met a restart at a statement; the connection is a new one afterwards."""
    from django.db import InterfaceError, OperationalError, connection

    try:
        with connection.execute_wrapper(Restart(turn)):
            work()
    except (OperationalError, InterfaceError):
        connection.close()
        return True
    return False


def play() -> dict[str, object]:
    """Book and draft through restarts: what was there after each, and what there is at the end."""
    from payouts.accruals.actions import accrue_waiting, sweeping
    from payouts.accruals.models import Accrual
    from payouts.payruns.actions import draft_run
    from payouts.payruns.models import PayRun, Transfer, TransferItem
    from payouts.payruns.queries import snapshot_of
    from payouts.statements.queries import check_of_books
    from payouts.statements.rules import is_clean
    from tests.factories import DAY, make_shop
    from tests.payouts.helpers import LATER, earn, make_olga

    sweeping.CHUNK = 4
    olga = make_olga()
    for number in range(4):
        earn(make_shop(f"Shop {number}"), 10, cents=100 + number)
    fees, parts, restarts = [], 0, 0
    for turn in RESTARTED_AT:
        restarts += restarted(turn, lambda: accrue_waiting(at=LATER))
        fees.append(Accrual.objects.count())
    accrue_waiting(at=LATER)
    for turn in RESTARTED_AT[:3]:
        restarts += restarted(turn, lambda: draft_run(through=DAY, by=olga, at=LATER))
        parts += sum(table.objects.count() for table in (PayRun, Transfer, TransferItem))
    run = draft_run(through=DAY, by=olga, at=LATER)
    return {
        "restarts": restarts,
        "fees": fees,
        "parts": parts,
        "all_fees": Accrual.objects.count(),
        "cents": run.cents,
        "same_hash": snapshot_of(run) == run.snapshot,
        "clean": is_clean(check_of_books(at=LATER)),
    }


def main() -> None:
    """Migrate a fresh database, play, tell."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.test"
    import django
    from django.conf import settings
    from django.core.management import call_command

    # What a commit promised must be there after a restart; the suite does without, for speed.
    settings.DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=on"}
    django.setup()
    call_command("migrate", "--no-input", verbosity=0)
    sys.stdout.write(json.dumps(play()) + "\n")


if __name__ == "__main__":
    main()
