"""Code 128, as the standard's own table has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.barcode.code128 import Code128

from kernel.barcodes import code128_path, code128_values, code128_width


def test_letters_stay_in_set_b():
    assert code128_values("AB") == (104, 33, 34, (104 + 33 + 2 * 34) % 103)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("12345678", 6),  # start C, four pairs, check
        ("123456789", 8),  # four pairs in C, then one digit in B
        ("A1234", 6),  # A, switch, two pairs
        ("A1234B", 8),  # four digits inside are not worth two switches
        ("A123456B", 9),
        ("123", 5),
        ("12", 3),
        ("12345A", 7),  # the odd digit goes where set B is anyway
    ],
)
def test_long_runs_of_digits_go_two_to_a_sign(text, length):
    assert len(code128_values(text)) == length


@pytest.mark.parametrize("text", ["", "é", "a\nb", "\x7f"])
def test_what_no_reader_could_hand_back_is_refused(text):
    with pytest.raises(ValueError, match="printable ASCII"):
        code128_values(text)


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)


@given(printable)
def test_bars_fill_whole_signs(text):
    boxes = [box.split() for box in code128_path(text).removesuffix(" re").split(" re ")]
    bars, total = [(int(box[0]), int(box[2])) for box in boxes], code128_width(text)
    signs = len(code128_values(text))
    assert total == signs * 11 + 13
    assert bars[0] == (0, 2)
    assert bars[-1][0] + bars[-1][1] == total
    assert all(1 <= width <= 4 for _, width in bars)


@given(printable | st.text("0123456789AB", min_size=1, max_size=20))
def test_no_code_is_longer_than_reportlabs_own(text):
    theirs = Code128(text)
    theirs.validate()
    theirs.encode()
    assert len(code128_values(text)) + 1 <= len(theirs.encoded)
