"""What a visitor may change, and how the form says no."""

from portal.public.forms import EstimatorForm
from portal.public.rules import Assumptions


def test_an_empty_address_is_the_example():
    form = EstimatorForm.filled({})
    assert form.is_valid()
    assert form.assumptions() == Assumptions()


def test_what_is_given_replaces_the_example_and_strangers_are_ignored():
    form = EstimatorForm.filled({"packages": "45", "travel": "12.35", "utm_source": "x"})
    assert form.is_valid()
    assert form.assumptions() == Assumptions(packages_a_day=45, travel_cents_a_week=1_235)


def test_numbers_out_of_range_get_one_plain_sentence():
    form = EstimatorForm.filled({"packages": "0", "days": "8", "minutes": "x", "travel": ""})
    assert form.errors == {
        "packages": ["Enter a number from 1 to 150."],
        "days": ["Enter a number from 1 to 7."],
        "minutes": ["Enter a number from 0.5 to 60."],
        "travel": ["Enter a number from 0 to 2000."],
    }


def test_fees_the_wrong_way_round_are_refused():
    form = EstimatorForm.filled({"fee_low": "3", "fee_high": "2"})
    assert form.errors == {"fee_high": ["The higher fee must not be below the lower fee."]}
    assert form.other_has_errors
