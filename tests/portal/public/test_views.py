"""The front page and the help page."""

import pytest
from django.urls import reverse

from tests.factories import MORNING, make_person

pytestmark = pytest.mark.django_db


def test_the_front_page_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_the_front_page_shows_the_range_and_calls_it_an_example(client):
    page = client.get("/", {"packages_low": "30"}).content.decode()
    for words in ("$236.50 to $550.00", "$16.89 to $30.55", "171 to 228", "Example"):
        assert words in page
    assert "with 30 to 40 packages a day" in page


def test_the_front_page_says_when_the_first_money_comes(client, time_machine):
    time_machine.move_to(MORNING)
    page = client.get("/").content.decode()
    assert "If you start on Monday, Nov. 23, 2026" in page
    assert "at your bank by Dec. 2, 2026" in page


def test_a_wrong_number_hides_the_estimate_and_keeps_what_was_typed(client):
    answer = client.get("/", {"packages_low": "lots"})
    page = answer.content.decode()
    assert "There is a problem" in page
    assert 'value="lots"' in page
    assert "receipt" not in page
    assert "<title>Error: " in page


def test_hostile_numbers_are_words_on_the_page(client):
    page = client.get("/", {"packages_low": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>" not in page


def test_the_front_page_is_only_read(client):
    assert client.post("/").status_code == 405


def test_help_is_for_signed_in_people(client):
    assert client.get("/shop/help/").headers["Location"] == "/account/login/?next=/shop/help/"
    client.force_login(make_person("Rosa"))
    answer = client.get(reverse("public:help"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_strange_language_choice_is_no_door_to_other_sites(client):
    answer = client.post("/i18n/setlang/", {"language": "es", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/", "/account/login/", "/nothing/"])
def test_no_page_carries_inline_styles_or_scripts(client, address):
    page = client.get(address).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page


def test_what_is_wrong_with_the_numbers_names_its_field(client):
    page = client.get("/", {"days": "900", "minutes": "900"}).content.decode()
    assert "Minutes a stop: Enter a number from 0.5 to 60." in page
