"""QR codes put together by XOR are the codes that segno makes, and phones read them."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from kernel.qr import ALPHABET, MASK, qr_path, qr_size

signs = st.text("".join(sorted(ALPHABET)), min_size=1, max_size=90)


def dark(path: str, size: int) -> set[tuple[int, int]]:
    """Column and row from the top of every module that a path paints."""
    found = set()
    for box in path.removesuffix(" re").split(" re "):
        x, y, width, height = map(int, box.split())
        assert height == 1
        found |= {(column, size - 1 - y) for column in range(x, x + width)}
    return found


@given(signs | st.text(st.characters(codec="ascii"), min_size=1, max_size=90))
def test_a_code_is_the_one_that_segno_makes(text):
    size = qr_size(text)
    mode = "alphanumeric" if ALPHABET.issuperset(text) else "byte"
    options = {"error": "m", "mode": mode, "mask": MASK, "boost_error": False}
    code = segno.make(text, version=(size - 17) // 4, **options)
    expected = {(x, y) for y, row in enumerate(code.matrix) for x, on in enumerate(row) if on}
    assert dark(qr_path(text), size) == expected


def test_an_address_of_a_usual_length_is_a_small_code():
    assert qr_size("HTTPS://PORTAL.HUB.EXAMPLE/S/4KZ9-12") == 25
    assert qr_size("HTTPS://PORTAL.HUBDELIVERY.EXAMPLE/S/4KZ9-112") == 29


@pytest.mark.parametrize("text", ["Ñ", "A" * 155, "a" * 107])
def test_what_a_small_code_cannot_hold_is_refused(text):
    with pytest.raises(ValueError, match="small code"):
        qr_path(text)
