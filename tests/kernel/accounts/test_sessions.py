"""Where a person is signed in, and how she ends it."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from kernel.audit.models import Decision
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) AppleWebKit/605.1.15 Version/17.1 Safari/605.1"


@pytest.fixture(autouse=True)
def _seen(settings):
    settings.SESSIONS_ARE_SEEN = True
    cache.clear()


def signed_in(user, agent) -> Client:
    browser = Client(headers={"user-agent": agent})
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(user.pk)
    return browser


def words(browser) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", browser.get("/account/sessions/").text).split())


def test_rosa_sees_her_browsers_and_nobody_elses():
    rosa = make_person("Rosa")
    phone, mac = signed_in(rosa, PHONE), signed_in(rosa, MAC)
    signed_in(make_person("Zed"), "Firefox/133.0 Windows")
    page = words(phone)
    assert "Chrome, Android" in page
    assert "Safari, Mac" in page
    assert "Firefox" not in page
    assert page.index("This browser") < page.index("Safari, Mac")
    assert mac.get("/account/home/").status_code == 200


def test_she_signs_out_everywhere_else():
    rosa = make_person("Rosa")
    phone, mac = signed_in(rosa, PHONE), signed_in(rosa, MAC)
    zed = signed_in(make_person("Zed"), MAC)
    phone.post("/account/sessions/")
    assert phone.get("/account/home/").status_code == 200
    assert mac.get("/account/home/").status_code == 302
    assert zed.get("/account/home/").status_code == 200
    decision = Decision.objects.get(action="end_sessions")
    assert (decision.by, decision.facts) == (rosa, {"ended": 1})


def test_she_ends_one_session_and_never_a_strangers():
    rosa = make_person("Rosa")
    phone, mac = signed_in(rosa, PHONE), signed_in(rosa, MAC)
    zed = signed_in(make_person("Zed"), MAC)
    for browser in (zed, mac):
        key = UserSession.objects.get(session_key=browser.session.session_key).pk
        phone.post("/account/sessions/", {"session": str(key)})
    assert mac.get("/account/home/").status_code == 302
    assert zed.get("/account/home/").status_code == 200
    assert phone.post("/account/sessions/", {"session": "x"}).status_code == 404


def test_a_session_of_before_is_listed_once_it_was_seen(client):
    rosa = make_person("Rosa")
    client.force_login(rosa)
    client.get("/account/home/", headers={"user-agent": MAC})
    assert UserSession.objects.get(user=rosa).user_agent == MAC
    assert "Safari, Mac" in words(client)


def test_it_costs_a_query_at_most_every_ten_minutes(client, django_assert_num_queries):
    client.force_login(make_person("Rosa"))
    client.get("/account/sessions/")
    with django_assert_num_queries(3):  # session, person, places
        client.get("/account/sessions/")
