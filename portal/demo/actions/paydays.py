"""The sample network's paydays."""

import datetime as dt

from kernel import clock
from kernel.refusals import Refusal
from payouts.payruns.actions import approve_run, confirm_file, draft_run, send_run
from payouts.payruns.models import PayRun, RunStatus
from payouts.providers.models import PaymentFile
from payouts.statements.actions import check_books_for_runs, issue_statements
from portal.demo import rules
from portal.demo.actions.people import OLGA, PAVEL, person
from portal.demo.actions.stripe import connect_shops

PAY_ZONE = "America/New_York"


def hold_payday(*, day: dt.date, at: dt.datetime) -> None:
    """Olga drafts on Monday for the week to Saturday; Pavel approves; the bank answers on Thursday.

    Three paydays at most: two paid by file, and the newest stays drafted, so that Pavel has
    something to approve; it goes through the Stripe that plays along.
    """
    newest = rules.last_monday(clock.local_day(at, PAY_ZONE))
    if day.isoweekday() != 1 or day < newest - dt.timedelta(weeks=2):
        return
    through = rules.last_saturday(day)
    if day == newest:
        connect_shops(at=at)
    noon = min(clock.day_start(day, PAY_ZONE) + dt.timedelta(hours=12), at)
    run = PayRun.objects.filter(through=through).first() or draft_sample(through=through, at=noon)
    check_books_for_runs(at=noon)
    if run and day < newest:
        pay_sample(run=run, at=noon)


def draft_sample(*, through: dt.date, at: dt.datetime) -> PayRun | None:
    """Olga's draft, or None when nothing was earned yet in the first days."""
    try:
        return draft_run(through=through, by=person(OLGA), at=at)
    except Refusal:
        return None


def pay_sample(*, run: PayRun, at: dt.datetime) -> None:
    """Pavel approves, the file goes to the bank, Olga records its answer on Thursday. A run that
    was cut off goes on where it stopped."""
    if run.status == RunStatus.DRAFTED:
        approve_run(run_id=run.pk, by=person(PAVEL), at=at + dt.timedelta(hours=1))
    send_run(run_id=run.pk, at=at + dt.timedelta(hours=2))
    thursday = at + dt.timedelta(days=3)
    for file in PaymentFile.objects.filter(bank_reference="").order_by("pk"):
        confirm_file(
            file_id=file.pk,
            bank_reference=f"BNK-{file.pk:06d}",
            by=person(OLGA),
            at=thursday,
        )
    issue_statements(at=thursday)
