"""What a bank's file of returns would do, or did, to our payments."""

from dataclasses import dataclass

from kernel.sealed import open_sealed
from payouts.payruns.models import ReturnFile, Transfer, TransferReversal, TransferStatus
from payouts.providers.models import GatewayName, PaymentLine
from payouts.providers.queries import line_of, read_bank_answer
from payouts.providers.rules.returns import Words, must_hold, why_back

LEFT = [TransferStatus.SENT, TransferStatus.SETTLED]


@dataclass(frozen=True)
class CameBack:
    """One payment that a bank sent back: whose it was, why, and whether that is booked already."""

    line: PaymentLine
    transfer: Transfer
    code: str
    cents: int
    is_booked: bool

    @property
    def key(self) -> str:
        """The name under which it is booked, once."""
        return key_of(self.line)

    @property
    def words(self) -> Words:
        """Why it came back."""
        return why_back(self.code)

    @property
    def holds(self) -> bool:
        """Whether nothing more may go to that account until a person looked."""
        return must_hold(self.code)


@dataclass(frozen=True)
class Returns:
    """What stands in a file: payments by shop, how many notices of change, and the traces that are
    about no payment of ours."""

    back: list[CameBack]
    notices: int
    strange: tuple[str, ...]

    @property
    def fresh(self) -> list[CameBack]:
        """Payments that are not booked as sent back."""
        return [one for one in self.back if not one.is_booked]

    @property
    def cents(self) -> int:
        """What would be owed again."""
        return sum(one.cents for one in self.fresh)

    @property
    def known(self) -> int:
        """How many are booked already."""
        return len(self.back) - len(self.fresh)


def key_of(line: PaymentLine) -> str:
    """The key of a line's return."""
    return f"return:{line.pk}"


def content_of(file: ReturnFile) -> bytes:
    """A file as it was uploaded."""
    return open_sealed(file.sealed_content).encode("ascii")


def returns_in(content: bytes) -> Returns:
    """What a file says, held against our payments; books nothing. Refuses one that is none, is cut
    off, or does not add up. Three queries a return."""
    returns, changes = read_bank_answer(content)
    found = [(one.trace, came_back(one.trace, one.code, one.amount_cents)) for one in returns]
    back = {one.key: one for _trace, one in found if one}
    strange = [trace for trace, one in found if one is None]
    ours = [one for one in changes if line_of(one.trace)]
    strange += [one.trace for one in changes if one not in ours]
    rows = sorted(back.values(), key=lambda one: (one.transfer.shop.name, one.key))
    return Returns(back=rows, notices=len(ours), strange=tuple(strange))


def came_back(trace: str, code: str, cents: int) -> CameBack | None:
    """One return with the payment behind it; None when that is none of ours, or never left."""
    line = line_of(trace, amount_cents=cents)
    if line is None:
        return None
    whose = Transfer.objects.filter(key=line.key, gateway=GatewayName.BANK_FILE, status__in=LEFT)
    transfer = whose.select_related("shop").first()
    if transfer is None:
        return None
    is_booked = TransferReversal.objects.filter(key=key_of(line)).exists()
    return CameBack(line, transfer, code, cents, is_booked)


def return_files() -> list[ReturnFile]:
    """Files of returns, those that wait for another person first, then the newest."""
    found = ReturnFile.objects.select_related("asked_by", "confirmed_by", "thrown_away_by")
    newest = list(found.order_by("-pk")[:50])
    return sorted(newest, key=lambda one: not one.is_waiting)
