"""US phone numbers."""

import pytest

from kernel.phones import us_phone


@pytest.mark.parametrize(
    "words", ["479 555 0110", "(479) 555-0110", "+1 479.555.0110", "1-479-555-0110"]
)
def test_one_number_is_written_one_way(words):
    assert us_phone(words) == "(479) 555-0110"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("787-555-0110", "(787) 555-0110"),
        ("(479) 555-0110 ext 5", "(479) 555-0110 ext. 5"),
    ],
)
def test_territories_and_extensions_count(words, shown):
    assert us_phone(words) == shown


@pytest.mark.parametrize(
    "words",
    ["", "555-0110", "(555) 555-0112", "+44 20 7946 0000", "416 555 0110", "call me", "9" * 400],
)
def test_what_the_numbering_plan_does_not_know_is_none(words):
    assert us_phone(words) is None
