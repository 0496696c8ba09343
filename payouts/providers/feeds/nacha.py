"""Files of American banks (NACHA): credits out, returns and notices of change back. Pure.

A file is records of 94 characters: file header (1), batch header (5), entries (6), batch control
(8), file control (9), filled with nines to blocks of ten. Letters are plain capitals.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH, BLOCK = 94, 10
CREDITS = "220"
CHECKING, SAVINGS = "22", "32"
WEIGHTS = (3, 7, 1)
MOST_CENTS = 10**10 - 1  # one entry: ten digits


class NotAFile(Exception):
    """These bytes are not such a file; its words say at which line it stops being one."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sends: the bank that takes the file, and the company as that bank knows it."""

    bank_routing: str
    bank_name: str
    company_id: str
    company_name: str


@dataclass(frozen=True, slots=True)
class Credit:
    """One payment to one account. `number` is its own for ever and comes back in returns."""

    number: int
    routing: str
    account: str
    amount_cents: int
    name: str
    reference: str
    is_savings: bool = False


def is_routing_number(text: str) -> bool:
    """Nine digits of which the weighted sum (3, 7, 1) ends in zero."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()) or text == "0" * 9:
        return False
    return sum(int(digit) * WEIGHTS[place % 3] for place, digit in enumerate(text)) % 10 == 0


def is_account_number(text: str) -> bool:
    """Four to seventeen digits or letters."""
    return 4 <= len(text) <= 17 and text.isascii() and text.isalnum()


def plain(text: str, width: int) -> str:
    """Plain capitals, as wide as the field: accents off, anything else that banks don't take a
    space."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    kept = "".join(sign if sign.isalnum() or sign in " .,&/'-" else " " for sign in bare)
    return kept[:width].ljust(width)


def trace_number(bank_routing: str, number: int) -> str:
    """What a payment is called between banks: ours, and its number's last seven digits."""
    return f"{bank_routing[:8]}{number % 10**7:07d}"


def credits_file(
    origin: Origin, credits: Sequence[Credit], *, made_at: dt.datetime, effective_on: dt.date
) -> bytes:
    """One file with one batch of credits; the same facts give the same bytes."""
    entries = [entry(origin, credit) for credit in credits]
    totals = hash_of(credits), sum(credit.amount_cents for credit in credits)
    records = [
        file_header(origin, made_at),
        batch_header(origin, made_at, effective_on),
        *entries,
        batch_control(origin, len(entries), *totals),
    ]
    blocks = -(-(len(records) + 1) // BLOCK)
    records.append(file_control(blocks, len(entries), *totals))
    records += ["9" * WIDTH] * (blocks * BLOCK - len(records))
    assert all(len(record) == WIDTH for record in records), "a record of a wrong width"
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def hash_of(credits: Iterable[Credit]) -> int:
    """The sum of the receiving banks' first eight digits, its last ten."""
    return sum(int(credit.routing[:8]) for credit in credits) % 10**10


def file_header(origin: Origin, made_at: dt.datetime) -> str:
    """Who sends, to which bank, when."""
    return (
        f"101 {origin.bank_routing}{origin.company_id:>10}{made_at:%y%m%d%H%M}A094101"
        f"{plain(origin.bank_name, 23)}{plain(origin.company_name, 23)}{'':8}"
    )


def batch_header(origin: Origin, made_at: dt.datetime, effective_on: dt.date) -> str:
    """For whom and why, and the day on which accounts are to have it."""
    return (
        f"5{CREDITS}{plain(origin.company_name, 16)}{'':20}{origin.company_id:>10}PPD"
        f"{plain('DELIVERIES', 10)}{made_at:%y%m%d}{effective_on:%y%m%d}{'':3}1"
        f"{origin.bank_routing[:8]}0000001"
    )


def entry(origin: Origin, credit: Credit) -> str:
    """One credit."""
    kind = SAVINGS if credit.is_savings else CHECKING
    return (
        f"6{kind}{credit.routing}{credit.account:<17}{credit.amount_cents:010d}"
        f"{plain(credit.reference, 15)}{plain(credit.name, 22)}{'':2}0"
        f"{trace_number(origin.bank_routing, credit.number)}"
    )


def batch_control(origin: Origin, entries: int, hash_total: int, cents: int) -> str:
    """What the batch adds up to."""
    return (
        f"8{CREDITS}{entries:06d}{hash_total:010d}{0:012d}{cents:012d}{origin.company_id:>10}"
        f"{'':25}{origin.bank_routing[:8]}0000001"
    )


def file_control(blocks: int, entries: int, hash_total: int, cents: int) -> str:
    """What the file adds up to."""
    return f"9000001{blocks:06d}{entries:08d}{hash_total:010d}{0:012d}{cents:012d}{'':39}"


# --- What comes back ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SentBack:
    """A payment that a bank did not take: why (R01…), and which it was (its trace number)."""

    code: str
    trace: str
    amount_cents: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A bank took a payment and asks to write the account otherwise from now on (C01…). What is not
    to be changed is empty."""

    code: str
    trace: str
    routing: str = ""
    account: str = ""
    kind: str = ""


def read_back(content: bytes) -> tuple[list[SentBack], list[Changed]]:
    """The returns and the notices of change of one file. Raises `NotAFile` for anything else, for a
    file that is cut off, and for one whose entries don't come to its own totals."""
    returns: list[SentBack] = []
    changes: list[Changed] = []
    found, counted, credited, is_whole = "", 0, 0, False
    for number, record in records_of(content):
        if record[0] == "6":
            found, counted = record, counted + 1
            credited += int(digits(record[29:39], number))
        elif record[0] == "7":
            counted += 1
            if not found:
                raise NotAFile(f"line {number}: an addenda without its entry")
            if record[1:3] == "99":
                returns.append(sent_back(found, record, number))
            elif record[1:3] == "98":
                changes.append(changed(record))
        elif record[0] == "9" and not is_whole:
            is_whole = True
            stated = int(digits(record[13:21], number)), sums_of(record, number)
            if stated != (counted, credited):
                raise NotAFile(f"line {number}: the entries do not add up to the file's totals")
    if not is_whole:
        raise NotAFile("the file is cut off: its last record is missing")
    return returns, changes


def records_of(content: bytes) -> Iterator[tuple[int, str]]:
    """Each record with its line, with or without line ends between them."""
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as no:
        raise NotAFile("only plain letters and digits stand in such a file") from no
    lines = text.splitlines()
    if len(lines) == 1 and len(text) % WIDTH == 0:
        lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    lines = [line for line in lines if line.strip()]
    if not lines or not lines[0].startswith("101"):
        raise NotAFile("line 1: such a file begins with 101")
    for number, line in enumerate(lines, 1):
        record = line.ljust(WIDTH)
        if len(record) != WIDTH or record[0] not in "156789":
            raise NotAFile(f"line {number}: a record is {WIDTH} characters")
        yield number, record


def digits(text: str, line: int) -> str:
    """A number's field."""
    if not text.isdigit():
        raise NotAFile(f"line {line}: a number was expected, not {text}")
    return text


def sums_of(record: str, line: int) -> int:
    """Debits and credits of a file control together: returns stand on either side."""
    return int(digits(record[31:43], line)) + int(digits(record[43:55], line))


def sent_back(entry_record: str, addenda: str, line: int) -> SentBack:
    """One return."""
    cents = int(digits(entry_record[29:39], line))
    return SentBack(addenda[3:6], addenda[6:21], cents, addenda[35:79].strip())


def changed(addenda: str) -> Changed:
    """One notice of change."""
    code, trace, data = addenda[3:6], addenda[6:21], addenda[35:64]
    if code == "C01":
        return Changed(code, trace, account=data[:17].strip())
    if code == "C02":
        return Changed(code, trace, routing=data[:9].strip())
    if code == "C03":
        return Changed(code, trace, routing=data[:9].strip(), account=data[12:29].strip())
    if code == "C05":
        return Changed(code, trace, kind=data[:2].strip())
    if code == "C06":
        return Changed(code, trace, account=data[:17].strip(), kind=data[20:22].strip())
    if code == "C07":
        account, kind = data[9:26].strip(), data[26:28].strip()
        return Changed(code, trace, routing=data[:9].strip(), account=account, kind=kind)
    return Changed(code, trace)
