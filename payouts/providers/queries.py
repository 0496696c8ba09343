"""Payment files and their lines."""

from payouts.providers.models import PaymentFile, PaymentLine


def file_of(batch_key: str) -> PaymentFile | None:
    """The payment file of one batch of orders."""
    return PaymentFile.objects.filter(batch_key=batch_key).first()


def lines_of(file: PaymentFile) -> list[PaymentLine]:
    """A file's payments in order, each with its file."""
    lines = list(PaymentLine.objects.filter(file=file).order_by("position"))
    for line in lines:
        line.file = file
    return lines
