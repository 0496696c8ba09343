"""US street addresses."""

import pytest

from kernel.addresses import house_of, street_of


@pytest.mark.parametrize(
    "words",
    ["112 W Center St", "12-34 31st Ave", "W164N9090 Water St", "8 Calle Luna", "101 N.E. 5th"],
)
def test_a_street_with_its_number_is_one(words):
    assert street_of(words).has_number


@pytest.mark.parametrize("words", ["Center Street", "Broadway", "123", "The old mill"])
def test_a_street_without_a_number_is_told_apart(words):
    street = street_of(words)
    assert street is None or not street.has_number


def test_a_post_office_box_is_no_street():
    assert street_of("PO Box 12").is_box


@pytest.mark.parametrize(
    "words", ["99 Elm St", "99 Elm St, Suite B", "Apt 4, 99 Elm St", "99 Elm St #4"]
)
def test_suites_of_one_house_compare_alike(words):
    assert house_of(words).rstrip(",") == "99 Elm St"


@pytest.mark.parametrize("words", ["", "陈家", "1 " * 60, "\x00", "99 Elm St 99 Elm St"])
def test_strange_words_do_no_harm(words):
    street_of(words)
    assert isinstance(house_of(words), str)
