"""The banks' own format, against the published layout of its records."""

import datetime as dt
from pathlib import Path

import pytest

from payouts.providers.feeds.nacha import (
    Credit,
    NotAFile,
    Origin,
    credits_file,
    is_account_number,
    is_routing_number,
    read_back,
    trace_number,
)
from payouts.providers.rules.returns import must_hold, what_changes, why_back

ORIGIN = Origin("091000019", "First Bank", "1234567890", "Hub Delivery")
MADE_AT = dt.datetime(2026, 11, 30, 18, 5)
TOMORROW = dt.date(2026, 12, 1)
ROSA = Credit(7, "011000015", "123456789", 52_500, "Rosa's Bodega", "L7")
ZED = Credit(8, "021000021", "98765", 100, "Zéd Läundry & Söhne GmbH of Springdale", "L8", True)
SAMPLE = Path(__file__).parents[2] / "fixtures" / "banks" / "credits.ach"  # written by hand
EXPECTED = SAMPLE.read_bytes().decode("ascii").split("\r\n")[:-1]


def written(*credits: Credit) -> list[str]:
    content = credits_file(ORIGIN, credits, made_at=MADE_AT, effective_on=TOMORROW)
    return content.decode("ascii").split("\r\n")[:-1]


def test_a_file_is_what_the_layout_says_to_the_character():
    assert written(ROSA, ZED) == EXPECTED


@pytest.mark.parametrize(("count", "lines"), [(1, 10), (6, 10), (7, 20), (16, 20), (17, 30)])
def test_a_file_is_filled_to_blocks_of_ten(count, lines):
    found = written(*[ROSA] * count)
    assert len(found) == lines
    assert {len(record) for record in found} == {94}
    control = next(record for record in found if record.startswith("9000001"))
    assert int(control[7:13]) == lines // 10


def test_the_hash_keeps_its_last_ten_digits():
    found = written(*[ZED] * 5_000)
    control = next(record for record in found if record.startswith("8220"))
    assert int(control[10:20]) == 2_100_002 * 5_000 % 10**10
    assert int(control[32:44]) == 500_000


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("091000019", True),
        ("011000015", True),
        ("091000018", False),
        ("000000000", False),
        ("91000019", False),
        ("09100001x", False),
        ("０９１００００１９", False),
    ],
)
def test_a_routing_number_checks(text, is_one):
    assert is_routing_number(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("1234", True), ("123", False), ("1" * 18, False), ("12 34", False)]
)
def test_an_account_number_is_four_to_seventeen(text, is_one):
    assert is_account_number(text) is is_one


def test_a_trace_number_is_our_bank_and_the_payments_number():
    assert trace_number("091000019", 12_345_678_901) == "091000015678901"


def answer(*pairs: tuple[str, str], cents: int | None = None) -> bytes:
    """A bank's file of returns by hand: entries with their addenda, one batch."""
    header = EXPECTED[0].replace("091000019", "011000015", 1)
    records = [header, EXPECTED[1]]
    total = 0
    for entry, addenda in pairs:
        records += [entry, addenda.ljust(79) + "011000010000001"]
        total += int(entry[29:39])
    total = total if cents is None else cents
    records.append(EXPECTED[4])
    records.append(f"9000001000001{2 * len(pairs):08d}{0:010d}{total:012d}{0:012d}".ljust(94))
    records += ["9" * 94] * (-len(records) % 10)
    return "\r\n".join(records).encode()


def entry_back(trace: str = "091000010000007", cents: int = 52_500, kind: str = "21") -> str:
    payee = f"L7{'':13}{'ROSA':22}"
    return f"6{kind}091000019{'123456789':17}{cents:010d}{payee}  1011000010000001"


def returned(code: str, trace: str = "091000010000007") -> str:
    return f"799{code}{trace}      01100001{'ACCOUNT CLOSED':44}"


def noticed(code: str, data: str, trace: str = "091000010000007") -> str:
    return f"798{code}{trace}      01100001{data:29}{'':15}"


def test_returns_are_read_with_reason_trace_and_amount():
    returns, changes = read_back(answer((entry_back(), returned("R02"))))
    (one,) = returns
    assert (one.code, one.trace, one.amount_cents) == ("R02", "091000010000007", 52_500)
    assert (one.words, changes) == ("ACCOUNT CLOSED", [])


@pytest.mark.parametrize(
    ("code", "data", "routing", "account", "kind"),
    [
        ("C01", "555666777", "", "555666777", ""),
        ("C02", "021000021", "021000021", "", ""),
        ("C03", "021000021   555666777", "021000021", "555666777", ""),
        ("C05", "32", "", "", "32"),
        ("C06", f"{'555666777':17}   32", "", "555666777", "32"),
        ("C07", f"021000021{'555666777':17}32", "021000021", "555666777", "32"),
        ("C09", "whatever", "", "", ""),
    ],
)
def test_notices_of_change_are_read_by_their_code(code, data, routing, account, kind):
    _returns, (one,) = read_back(answer((entry_back(cents=0), noticed(code, data))))
    assert (one.code, one.routing, one.account, one.kind) == (code, routing, account, kind)


def test_records_may_come_without_line_ends():
    content = answer((entry_back(), returned("R01"))).replace(b"\r\n", b"")
    assert read_back(content)[0][0].code == "R01"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "begins with 101"),
        (b"reference,amount\r\n", "begins with 101"),
        ("101 ü".encode(), "plain letters"),
        (answer((entry_back(), returned("R01")))[:480], "cut off"),
        (answer((entry_back(), returned("R01")), cents=1), "do not add up"),
        (EXPECTED[0].encode() + b"\r\n" + b"x" * 94, "a record is 94"),
        (EXPECTED[0].encode() + b"\r\n" + b"7" + b"9" * 93, "without its entry"),
    ],
)
def test_what_is_no_whole_file_is_refused(content, why):
    with pytest.raises(NotAFile, match=why):
        read_back(content)


def test_codes_are_told_in_plain_words():
    assert str(why_back("R02")) == "The account is closed"
    assert "ask the bank" in str(why_back("R99"))
    assert str(what_changes("C02")) == "The routing number is another"
    assert [must_hold(code) for code in ("R01", "R03", "R09", "R99")] == [False, True, False, True]
