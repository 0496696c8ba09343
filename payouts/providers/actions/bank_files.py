"""Payments as lines of a file for the bank, and what the bank answered."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from payouts.ledger.actions import take_numbers
from payouts.ledger.rules import number
from payouts.providers.actions.stopping import refuse_while_stopped
from payouts.providers.models import PaymentFile, PaymentLine
from payouts.providers.rules import Order, Outcome, Receipt, line_reference


class BankFile:
    """Payments as lines of a file that staff hand to the bank. A key is one line, whoever asks."""

    most_at_once = 1000
    lease = dt.timedelta(seconds=20)

    def send(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """Write the orders into the files of their batches; each is sent once it is written."""
        references: dict[str, str] = {}
        for batch_key in dict.fromkeys(order.batch_key for order in orders):
            batch = [order for order in orders if order.batch_key == batch_key]
            references |= write_lines(batch_key=batch_key, orders=batch, at=at)
        return [Receipt(order.key, Outcome.SENT, references[order.key]) for order in orders]

    def find(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """Which orders are written, and under which reference."""
        keys = [order.key for order in orders]
        lines = PaymentLine.objects.filter(key__in=keys).select_related("file")
        written = {line.key: line.reference for line in lines}
        return [
            Receipt(key, Outcome.SENT, written[key])
            if key in written
            else Receipt(key, Outcome.ABSENT)
            for key in keys
        ]

    def available_cents(self) -> None:
        """A file has no limit; the bank will say."""


class SameKeyOtherPayment(Exception):
    """A key came back with another amount or payee: a mistake in the house, nothing is written."""


@transaction.atomic
def write_lines(*, batch_key: str, orders: list[Order], at: dt.datetime) -> dict[str, str]:
    """Add these orders to their batch's file, those already there left as they are: key →
    reference. Raises `SameKeyOtherPayment` when a key names another payment than before."""
    file = open_file(batch_key=batch_key, at=at)
    last = PaymentLine.objects.filter(file=file).order_by("-position").first()
    start = last.position if last else 0
    known = set(
        PaymentLine.objects.filter(key__in=[order.key for order in orders]).values_list(
            "key", flat=True
        )
    )
    PaymentLine.objects.bulk_create(
        PaymentLine(
            file=file,
            position=start + position,
            key=order.key,
            payee_reference=order.payee_reference,
            payee_name=order.payee_name,
            amount_cents=order.amount_cents,
            memo=order.memo,
        )
        for position, order in enumerate((o for o in orders if o.key not in known), 1)
    )
    failpoint("lines_written")
    return references_of(orders)


def references_of(orders: list[Order]) -> dict[str, str]:
    """Key → reference of orders that are written; each must be the payment that was written."""
    lines = PaymentLine.objects.filter(key__in=[order.key for order in orders]).select_related(
        "file"
    )
    written = {line.key: line for line in lines}
    for order in orders:
        line = written[order.key]
        if (line.amount_cents, line.payee_reference) != (order.amount_cents, order.payee_reference):
            raise SameKeyOtherPayment(order.key)
    return {key: line_reference(line.file.number, line.position) for key, line in written.items()}


def open_file(*, batch_key: str, at: dt.datetime) -> PaymentFile:
    """The file of this batch, made and numbered when there is none, locked until the end."""
    known = PaymentFile.objects.select_for_update().filter(batch_key=batch_key)
    if file := known.first():
        return file
    series = f"PF-{at.year}"
    take_numbers(name=series, count=0)  # whoever makes files waits here, then looks again
    if file := known.first():
        return file
    name = number("PF", at.year, take_numbers(name=series), 5)
    return PaymentFile.objects.create(number=name, batch_key=batch_key, made_at=at)


def close_file(*, batch_key: str, at: dt.datetime) -> None:
    """No line joins this batch's file any more: staff may hand it to the bank. Refuses while
    payments are stopped."""
    refuse_while_stopped()
    PaymentFile.objects.filter(batch_key=batch_key, closed_at=None).update(closed_at=at)


class NoBankReference(Refusal):
    code = "no_bank_reference"
    message = _("Type the reference that the bank gave for this file.")


class FileIsNotComplete(Refusal):
    code = "file_is_not_complete"
    message = _("Payments are still being written into this file. Try again in a minute.")


class FileIsConfirmed(Refusal):
    code = "file_is_confirmed"
    message = _("The bank’s reference of this file is {reference} and cannot be changed.")


@transaction.atomic
def record_bank_reference(
    *, file_id: int, bank_reference: str, by: User | None, at: dt.datetime
) -> tuple[PaymentFile, bool]:
    """Note that the bank took the file: (file, whether this call noted it).

    The same reference again changes nothing; another one is refused, as is a file still written.
    """
    file = PaymentFile.objects.select_for_update().get(pk=file_id)
    reference = bank_reference.strip()[:80]
    if not reference:
        raise NoBankReference
    if file.closed_at is None:
        raise FileIsNotComplete
    if file.confirmed_at is not None:
        if file.bank_reference != reference:
            raise FileIsConfirmed(reference=file.bank_reference)
        return file, False
    file.bank_reference, file.confirmed_at, file.confirmed_by = reference, at, by
    file.save(update_fields=["bank_reference", "confirmed_at", "confirmed_by"])
    audit.record(at=at, by=by, action="confirm_payment_file", subject=file, number=file.number)
    return file, True


def note_download(*, file: PaymentFile, by: User | None, at: dt.datetime) -> None:
    """Write down who takes a payment file. Refuses while payments are stopped: then nobody does."""
    refuse_while_stopped()
    audit.record(at=at, by=by, action="download_payment_file", subject=file, number=file.number)
