"""Payment files as the bank reads them."""

import csv
import io

from kernel.money import as_decimal
from kernel.sheets import safe_cell
from payouts.providers.models import PaymentLine

COLUMNS = ["reference", "payee_reference", "payee_name", "amount", "currency", "memo"]


def payment_csv(lines: list[PaymentLine]) -> bytes:
    """One row a payment, UTF-8, the same bytes every time; no cell starts a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            [
                line.reference,
                safe_cell(line.payee_reference),
                safe_cell(line.payee_name),
                as_decimal(line.amount_cents),
                "USD",
                safe_cell(line.memo),
            ]
        )
    return text.getvalue().encode()
