"""What a visitor may change, and how the form says no."""

import pytest

from portal.public.forms import EstimatorForm, zip_of
from portal.public.queries import Market
from portal.public.rules import Assumptions, Span

MARKET = Market(fees=Span(190, 250), packages=Span(24, 41), shops=12)


def test_an_empty_address_is_the_example():
    form = EstimatorForm.filled({})
    assert form.is_valid()
    assert form.assumptions() == Assumptions()
    assert form.from_area(None) == {"fees": False, "packages": False}


def test_what_is_given_replaces_the_example_and_strangers_are_ignored():
    form = EstimatorForm.filled({"packages_high": "45", "travel": "12.35", "utm_source": "x"})
    assert form.is_valid()
    assert form.assumptions() == Assumptions(packages_high=45, travel_cents_a_week=1_235)


def test_an_area_brings_its_own_numbers_and_a_visitor_changes_them():
    form = EstimatorForm.filled({"zip": "72701", "days": "5"}, MARKET)
    assert form.is_valid()
    assert (form.assumptions().packages_low, form.assumptions().fee_low_cents) == (24, 190)
    assert form.from_area(MARKET) == {"fees": True, "packages": True}
    typed = {"zip": "72701", "based_on": "72701", "packages_low": "10", "packages_high": "20"}
    form = EstimatorForm.filled(typed, MARKET)
    assert form.is_valid()
    assert form.assumptions().packages_low == 10
    assert form.from_area(MARKET) == {"fees": True, "packages": False}


def test_another_zip_code_brings_other_numbers():
    typed = {"zip": "65201", "based_on": "72701", "packages_low": "24", "days": "5"}
    form = EstimatorForm.filled(typed)
    assert form.is_valid()
    assert form.assumptions() == Assumptions(days_a_week=5)
    assert form["based_on"].value() == "65201"


@pytest.mark.parametrize(
    ("given", "found"),
    [("72701", "72701"), ("72701-1234", "72701"), ("٧٢٧٠١", ""), ("7270", ""), ("", "")],
)
def test_a_zip_code_is_five_plain_digits(given, found):
    assert zip_of({"zip": given}) == found


def test_numbers_out_of_range_get_one_plain_sentence():
    typed = {"packages_low": "0", "days": "8", "minutes": "x", "travel": ""}
    assert EstimatorForm.filled(typed).errors == {
        "packages_low": ["Enter a number from 1 to 150."],
        "days": ["Enter a number from 1 to 7."],
        "minutes": ["Enter a number from 0.5 to 60."],
        "travel": ["Enter a number from 0 to 2000."],
    }


def test_packages_the_wrong_way_round_are_refused():
    form = EstimatorForm.filled({"packages_low": "30", "packages_high": "20"})
    words = "A busy day must not have fewer packages than a slow one."
    assert form.errors == {"packages_high": [words]}


def test_fees_the_wrong_way_round_are_refused():
    form = EstimatorForm.filled({"fee_low": "3", "fee_high": "2"})
    assert form.errors == {"fee_high": ["The higher fee must not be below the lower fee."]}
    assert form.other_has_errors
