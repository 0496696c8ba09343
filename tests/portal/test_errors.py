"""Pages for what went wrong."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from kernel.refusals import Refusal
from portal import errors
from tests.factories import make_member, make_shop


class PackageIsGone(Refusal):
    code = "package_is_gone"
    message = "Package {tracking_id} went back to the station on {day}."


def _raises(error):
    @login_not_required
    def view(request):
        raise error

    return view


handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
TROUBLE = {
    "crash": RuntimeError("rosa@shop.test"),
    "away": OperationalError("no connection"),
    "forbidden": PermissionDenied(),
    "odd": SuspiciousOperation("odd"),
    "big": RequestDataTooBig("big"),
    "refusal": PackageIsGone(tracking_id="<b>1Z9</b>", day="Friday"),
}
urlpatterns = [
    *(
        path(f"{prefix}{name}/", _raises(error))
        for name, error in TROUBLE.items()
        for prefix in ("", "api/")
    ),
    path("fine/", login_not_required(lambda request: HttpResponse("fine"))),
    path("", include("portal.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.test_errors")]


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("crash", 500, "Something went wrong on our side"),
        ("away", 503, "We are away for a moment"),
        ("forbidden", 403, "This page is not yours to open"),
        ("odd", 400, "We could not read that"),
        ("big", 413, "That file is too big"),
        ("refusal", 409, "This was not done"),
        ("nothing", 404, "There is no such page"),
    ],
)
def test_trouble_gets_a_page_with_its_reference_and_a_phone_number(client, name, status, words):
    answer = client.get(f"/{name}/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert answer.headers["X-Request-ID"] in page
    assert "(555) 010-0100" in page
    assert "rosa@shop.test" not in page


def test_machines_get_a_problem_document(client):
    for name, status in [("crash", 500), ("away", 503), ("forbidden", 403), ("nothing", 404)]:
        answer = client.get(f"/api/{name}/")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == answer.status_code == status


def test_a_refusal_in_the_api_is_left_to_the_api(client):
    assert client.get("/api/refusal/").status_code == 500


def test_a_refusal_says_its_sentence_and_leads_back(client):
    answer = client.get("/refusal/", headers={"referer": "http://testserver/fine/"})
    page = answer.content.decode()
    assert "Package &lt;b&gt;1Z9&lt;/b&gt; went back to the station on Friday." in page
    assert 'href="http://testserver/fine/"' in page


def test_a_refusal_never_leads_to_another_site(client):
    page = client.get("/refusal/", headers={"referer": "https://evil.example/"}).content.decode()
    assert "evil.example" not in page


@pytest.mark.parametrize(
    ("address", "back"),
    [("/shop/leave/stay/", "/shop/"), ("/shop/payout/start/", "/shop/")],
)
def test_a_buttons_address_opened_as_a_page_has_a_way_back(client, address, back):
    client.force_login(make_member(make_shop()))
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "This address is not a page" in answer.content.decode()
    assert f'href="{back}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/shop/pause/?a=1", "/shop/pause/?a=1"),
        ("", "/shop/"),
        ("https://elsewhere.test/shop/pause/", "/shop/"),
    ],
)
def test_a_button_pressed_after_the_session_ended_leads_to_its_page(client, referer, page):
    answer = client.post("/shop/leave/stay/", headers={"referer": referer})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.url).query) == {"next": [page]}


def test_away_says_when_to_come_back(client):
    assert client.get("/away/").headers["Retry-After"] == "30"


def test_a_stale_form_is_explained(client):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/account/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "Please send it once more" in answer.content.decode()


def test_the_page_about_a_crash_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/crash/")


@override_settings(TEMPLATES=[])
def test_a_crash_without_templates_still_gets_words(rf):
    answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert b"try again in a minute" in answer.content


@pytest.mark.urls("portal.urls")
def test_guessing_ends_at_a_page_with_its_reference(client):
    cache.clear()
    address = "/account/password/reset/"
    answers = [client.post(address, {"email": f"{n}@shop.test"}) for n in range(25)]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "Too many tries" in page
    assert answers[-1].headers["X-Request-ID"] in page
    cache.clear()
