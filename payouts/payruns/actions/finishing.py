"""Finishing: the payment file is closed and confirmed, and a run of which nothing is open ends."""

import datetime as dt

from django.db import transaction

from kernel.accounts.models import User
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.receipts import finish_run
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.models import PayRun, RunStatus, StageName, TransferStatus
from payouts.providers.actions import close_file, record_bank_reference
from payouts.providers.models import GatewayName, PaymentFile
from payouts.providers.queries import file_of, standing_stop


@transaction.atomic
def finish_sending(*, run_id: int, at: dt.datetime) -> PayRun:
    """Close the run's file once every payment in it has an end, whatever other gateways do, and
    move the run on once all of them have sent, or hold, what is theirs. A run of which nothing is
    open any more is done. While payments are stopped no file is closed."""
    run = queries.get_run(run_id, lock=True)
    if run.status == RunStatus.CONFIRMING:
        finish_run(run=run, at=at)
    if run.status != RunStatus.SENDING:
        return run
    moving = queries.gateways_moving(run_id)
    if not is_file_closed(run=run, moving=moving, at=at) or moving:
        return run
    run.status = RunStatus.CONFIRMING
    run.save(update_fields=["status"])
    note_stage(run=run, name=StageName.CONFIRMING, at=at)
    finish_run(run=run, at=at)
    return run


def is_file_closed(*, run: PayRun, moving: set[str], at: dt.datetime) -> bool:
    """Close a locked run's payment file, if it has one, as soon as nothing joins it any more;
    whether none is open."""
    if GatewayName.BANK_FILE in moving:
        return False
    file = file_of(run.batch_key)
    if file is None or file.closed_at:
        return True
    if standing_stop() is not None:
        return False
    close_file(batch_key=run.batch_key, at=at)
    return True


@transaction.atomic
def confirm_file(*, file_id: int, bank_reference: str, by: User | None, at: dt.datetime) -> PayRun:
    """The bank took the payment file: its transfers are settled, and the run is done when nothing
    else of it is open.

    The same reference again changes nothing; another one is refused, as is a file that is still
    written.
    """
    if not access.may_handle(by):
        raise MayNotHandle
    batch_key = PaymentFile.objects.values_list("batch_key", flat=True).get(pk=file_id)
    run = queries.get_run(int(batch_key.removeprefix(PayRun.BATCH_PREFIX)), lock=True)
    _file, is_new = record_bank_reference(
        file_id=file_id, bank_reference=bank_reference, by=by, at=at
    )
    if not is_new:
        return run
    run.transfers.filter(status=TransferStatus.SENT, gateway="bank_file").update(
        status=TransferStatus.SETTLED, settled_at=at
    )
    finish_run(run=run, at=at)
    return run
