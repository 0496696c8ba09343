"""ZIP codes, offline."""

import pytest

from kernel.zips import place_of, place_of_zip


@pytest.mark.parametrize("postal_code", ["72701", " 72701 ", "72701-1234"])
def test_a_zip_code_has_a_place(postal_code):
    place = place_of(postal_code)
    assert (place.city, place.state, place.zone) == ("Fayetteville", "AR", "America/Chicago")
    assert place_of_zip(postal_code) == pytest.approx((36.052, -94.1534))


@pytest.mark.parametrize("postal_code", ["", "00000", "7270", "ABCDE", "٧٢٧٠١", "727011234567"])
def test_what_is_no_zip_code_has_none(postal_code):
    assert place_of(postal_code) is None
    assert place_of_zip(postal_code) is None
