"""Applying and reviewing, through the pages."""

import pytest
from django.core.cache import cache

from hubshops.applications import actions, queries
from hubshops.applications.models import Application
from hubshops.shops.models import Shop
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.applications.test_actions import FACTS, apply

pytestmark = pytest.mark.django_db
GOOD = FACTS | {"email": "rosa@shop.test", "weekdays": list("123456"), "website_address": ""}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def olga(client):
    staff = make_staff("Olga", "reviewer")
    client.force_login(staff)
    return staff


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


@pytest.mark.usefixtures("olga")
def test_the_queue_puts_who_waits_longest_first(client):
    apply(name="Newer", address1="2 Main St", at=MORNING.replace(hour=12))
    apply(name="Older", address1="1 Main St")
    body = text(client.get("/ops/applications/"))
    assert body.index("Older") < body.index("Newer")
    assert "Waiting for us (2)" in body


@pytest.mark.usefixtures("olga")
def test_an_empty_queue_says_so(client):
    assert "Nothing waits for us" in text(client.get("/ops/applications/"))
    assert "No application here" in text(client.get("/ops/applications/?status=declined"))
    assert client.get("/ops/applications/?status=nonsense&page=x").status_code == 200


@pytest.mark.usefixtures("olga")
def test_the_queue_costs_the_same_for_one_row_and_for_thirty(client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    apply()
    client.get("/ops/applications/")
    with CaptureQueriesContext(connection) as few:
        client.get("/ops/applications/")
    for number in range(30):
        apply(address1=f"{number} Main St")
    with django_assert_num_queries(len(few)):
        client.get("/ops/applications/")


def decide(client, application, decision, **fields):
    seen = fields.pop("seen", None) or queries.last_event(application).pk
    data = {f"{decision}-{name}": value for name, value in fields.items()}
    extra = {"letter_read": data.pop(f"{decision}-letter_read")} if "letter_read" in fields else {}
    return client.post(
        f"/ops/applications/{application.pk}/",
        data | extra | {"decision": decision, f"{decision}-seen": seen},
    )


TERMS = {"radius_miles": "2.5", "daily_cap": "30", "weekdays": list("12345")}


@pytest.mark.usefixtures("olga")
def test_a_reviewer_approves_and_the_shop_is_live(client):
    station, application = make_station(), apply()
    body = text(client.get(f"/ops/applications/{application.pk}/"))
    assert 'value="2.5"' in body
    answer = decide(client, application, "approve", station=station.pk, **TERMS)
    assert (answer.status_code, answer.url) == (302, f"/ops/applications/{application.pk}/")
    shop = Shop.objects.get()
    assert (shop.radius_m, shop.weekdays) == (4023, "12345")
    assert "is live. Its owner was invited" in text(client.get(answer.url))


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(
    ("field", "value"),
    [("station", ""), ("radius_miles", "26"), ("daily_cap", "0"), ("weekdays", [])],
)
def test_an_approval_without_its_terms_opens_nothing(client, field, value):
    terms = TERMS | {"station": make_station().pk, field: value}
    answer = decide(client, apply(), "approve", **terms)
    assert answer.status_code == 422
    assert not Shop.objects.exists()


@pytest.mark.usefixtures("olga")
def test_a_decline_shows_its_letter_first(client):
    application = apply()
    letter = decide(client, application, "decline", reason="full", words="Try in spring.")
    assert "Read the letter before it leaves" in text(letter)
    assert "We have enough shops in your area now. Try in spring." in text(letter)
    application.refresh_from_db()
    assert application.status == "submitted"
    sent = decide(
        client, application, "decline", reason="full", words="Try in spring.", letter_read="yes"
    )
    assert sent.url == "/ops/applications/"
    application.refresh_from_db()
    assert application.decision_reason == "We have enough shops in your area now. Try in spring."


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Choose a reason."),
        ({"reason": "other", "words": ""}, "Write the reason."),
    ],
)
def test_a_decline_without_a_reason_goes_nowhere(client, fields, words):
    answer = decide(client, apply(), "decline", letter_read="yes", **fields)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Mail.objects.count() == 1


def test_a_change_meanwhile_blocks_and_keeps_what_was_typed(client, olga):
    application = apply()
    seen = queries.last_event(application).pk
    actions.ask_applicant(application_id=application.pk, question="Which car?", by=olga, at=MORNING)
    answer = decide(client, application, "approve", station=make_station().pk, seen=seen, **TERMS)
    assert answer.status_code == 409
    assert "While you were reading, something happened" in text(answer)
    assert 'value="30"' in text(answer)
    assert f'value="{queries.last_event(application).pk}"' in text(answer)
    assert not Shop.objects.exists()


@pytest.mark.usefixtures("olga")
def test_a_question_leaves_by_mail(client):
    application = apply()
    assert decide(client, application, "ask", question="Which car?").status_code == 302
    assert "Which car?" in Mail.objects.order_by("pk").last().body


@pytest.mark.usefixtures("olga")
def test_an_application_that_nobody_sent_is_no_page(client):
    assert client.get("/ops/applications/999/").status_code == 404
