"""Applying, and where an application stands, through the pages."""

import pytest
from django.core.cache import cache

from hubshops.applications import actions
from hubshops.applications.models import Application
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff
from tests.hubshops.applications.test_actions import FACTS, apply

pytestmark = pytest.mark.django_db
GOOD = FACTS | {"email": "rosa@shop.test", "weekdays": list("123456"), "website_address": ""}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def text(answer):
    return answer.content.decode()


def test_a_shop_applies_and_sees_where_it_stands(client):
    answer = client.post("/apply/", GOOD, follow=True)
    application = Application.objects.get()
    assert answer.redirect_chain == [(f"/apply/{application.reference}/", 302)]
    assert "We are checking your application" in text(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert application.phone == "(479) 555-0110"
    assert application.weekdays == "123456"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Write what your shop is called."),
        ("weekdays", [], "Tick at least one day."),
        ("daily_cap", "4", "at least 5 packages a day"),
        ("daily_cap", "151", "150 packages a day is the most"),
        ("daily_cap", "many", "Write a whole number"),
        ("daily_cap", "3.5", "Write a whole number"),
        ("postal_code", "7270", "five digits of the ZIP code"),
        ("postal_code", "٧٢٧٠١", "five digits of the ZIP code"),
        ("postal_code", "94105", "ZIP code 94105 is in San Francisco, CA, not in AR."),
        ("phone", "555-0110", "Write a US phone number"),
        ("phone", "+44 20 7946 0000", "Write a US phone number"),
        ("email", "rosa", "Enter a valid email address."),
        ("address1", "Center Street", "Add the house number"),
        ("travel", "rocket", "not one of the available choices"),
        ("website_address", "http://spam.test", "Leave this field empty"),
    ],
)
def test_a_bad_answer_says_what_to_do_and_loses_nothing(client, field, value, words):
    answer = client.post("/apply/", GOOD | {field: value})
    body = text(answer)
    assert answer.status_code == 422
    assert words in body
    assert "There is a problem" in body
    if field != "contact_name":
        assert "Rosa Marte" in body
    assert not Application.objects.exists()


def test_an_empty_form_says_what_each_field_wants(client):
    body = text(client.post("/apply/", {}))
    assert "This field is required" not in body
    assert "Choose how you would deliver." in body


def test_typing_survives_with_every_tick(client):
    body = text(client.post("/apply/", GOOD | {"email": "rosa", "message": "Ring twice"}))
    assert body.count("checked") == 6 + 1
    assert "Ring twice" in body


def test_a_nine_digit_zip_is_fine(client):
    client.post("/apply/", GOOD | {"postal_code": "727011234"})
    assert Application.objects.get().postal_code == "72701-1234"


def test_a_second_application_is_refused_kindly_and_the_page_is_mailed_again(client):
    client.post("/apply/", GOOD)
    answer = client.post("/apply/", GOOD | {"address1": "112 W Center St"})
    assert answer.status_code == 409
    assert "We have your application already" in text(answer)
    assert Application.objects.count() == 1
    assert Mail.objects.filter(to="rosa@shop.test").count() == 2


def test_too_many_applications_wait_an_hour_and_lose_nothing(client):
    for number in range(5):
        client.post("/apply/", GOOD | {"address1": f"{number} Main St"})
    answer = client.post("/apply/", GOOD | {"address1": "9 Main St"})
    assert answer.status_code == 429
    assert "9 Main St" in text(answer)
    assert Application.objects.count() == 5


def test_a_reference_that_nobody_has_is_no_page(client):
    assert client.get("/apply/abcdefghijklmnopqrstuvwxyz/").status_code == 404


def test_the_status_page_hides_what_a_passer_by_could_copy(client):
    body = text(client.get(f"/apply/{apply().reference}/"))
    assert "r•••@shop.test" in body
    for secret in ("rosa@shop.test", "555-0110", "Center Street", "Rosa Marte"):
        assert secret not in body


def test_lateness_is_admitted(client, time_machine):
    application = apply()
    time_machine.move_to(MORNING.replace(month=12, day=3))
    assert "We are late with your application" in text(
        client.get(f"/apply/{application.reference}/")
    )


def test_the_applicant_answers_a_question_on_her_page(client):
    application = apply()
    url = f"/apply/{application.reference}/"
    actions.ask_applicant(
        application_id=application.pk, question="Which car?", by=make_staff(), at=MORNING
    )
    assert "Which car?" in text(client.get(url))
    assert client.post(url, {"words": ""}).status_code == 422
    assert "Your answer is with us" in text(client.post(url, {"words": "A van."}, follow=True))


def test_the_applicant_takes_it_back(client):
    application = apply()
    url = f"/apply/{application.reference}/withdraw/"
    assert client.get(url).status_code == 405
    assert "You took your application back" in text(client.post(url, follow=True))
