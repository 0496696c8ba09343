"""Coming in by password or mailed code: strangers learn nothing and stop nobody."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from hubshops.shops.models import Membership
from kernel.notifications.models import Mail
from tests.factories import PASSWORD, make_member, make_person, make_shop

pytestmark = pytest.mark.django_db
STRANGER, OWNER = "203.0.113.66", "198.51.100.7"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def at(address) -> Client:
    return Client(REMOTE_ADDR=address)


def login(browser, email, password=PASSWORD):
    return browser.post("/account/login/", {"login": email, "password": password})


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb"csrfmiddlewaretoken.*?>|value=\"[^\"]*@[^\"]*\"|\w+@shop.test", b"", page)


def test_a_mailed_code_signs_in_once(client):
    rosa = make_person("Rosa")
    client.post("/account/login/code/", {"email": rosa.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", Mail.objects.get().body, re.M)[1]
    assert "ten minutes" in client.get("/account/login/code/confirm/").text
    client.post("/account/login/code/confirm/", {"code": code})
    assert client.session["_auth_user_id"] == str(rosa.pk)
    other = Client()
    other.post("/account/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in other.session


def test_a_code_is_guessed_five_times_at_most(client):
    rosa = make_person("Rosa")
    client.post("/account/login/code/", {"email": rosa.email})
    for _ in range(5):
        client.post("/account/login/code/confirm/", {"code": "AAAAAA"})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", Mail.objects.get().body, re.M)[1]
    client.post("/account/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/account/login/", "login"),
        ("/account/login/code/", "email"),
        ("/account/password/reset/", "email"),
    ],
)
def test_known_and_unknown_people_read_the_same(address, field):
    make_person("Rosa")
    pages = set()
    for email in ("rosa@shop.test", "nobody@shop.test"):
        browser = Client()
        answer = browser.post(
            address, {field: email, "password": "not the one at all"}, follow=True
        )
        pages.add((answer.status_code, str(answer.redirect_chain), without_tokens(answer.content)))
    assert len(pages) == 1


def test_a_stranger_does_not_lock_an_owner_out():
    rosa = make_person("Rosa")
    stranger = at(STRANGER)
    for _ in range(40):
        login(stranger, rosa.email, "wrong")
    assert "_auth_user_id" not in login(stranger, rosa.email).client.session
    owner = at(OWNER)
    assert login(owner, rosa.email).status_code == 302
    assert owner.session["_auth_user_id"] == str(rosa.pk)


def test_wrong_passwords_from_one_address_are_stopped():
    rosa, stranger = make_person("Rosa"), at(STRANGER)
    for _ in range(5):
        assert "belong together" in login(stranger, rosa.email, "wrong").text
    assert "Too many tries" in login(stranger, rosa.email, "wrong").text


@pytest.mark.parametrize("address", ["/account/login/code/", "/account/password/reset/"])
def test_a_stranger_can_neither_flood_a_mailbox_nor_stop_its_owner(address):
    rosa = make_person("Rosa")
    for _ in range(12):
        at(STRANGER).post(address, {"email": rosa.email})
    assert Mail.objects.filter(to=rosa.email).count() == 5
    at(OWNER).post(address, {"email": rosa.email})
    assert Mail.objects.filter(to=rosa.email).count() == 6


def test_a_change_of_the_team_waits_for_the_password_and_is_then_done(client):
    shop = make_shop()
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", role="helper")
    client.force_login(rosa)
    sams = Membership.objects.get(user=sam)
    asked = client.post(f"/shop/team/{sams.pk}/remove/")
    assert asked.url.startswith("/account/reauthenticate/?next=")
    assert Membership.objects.get(pk=sams.pk).ended_at is None
    wrong = client.post(asked.url, {"password": "wrong", "next": f"/shop/team/{sams.pk}/remove/"})
    assert wrong.status_code == 200
    assert Membership.objects.get(pk=sams.pk).ended_at is None
    done = client.post(asked.url, {"password": PASSWORD, "next": f"/shop/team/{sams.pk}/remove/"})
    assert done.url == "/shop/team/"
    assert Membership.objects.get(pk=sams.pk).ended_at is not None


def test_an_invitation_waits_for_the_password_and_is_then_sent(client):
    client.force_login(make_member(make_shop(), "Rosa"))
    form = {"name": "Sam", "email": "sam@shop.test", "role": "helper"}
    asked = client.post("/shop/team/", form)
    assert not Mail.objects.exists()
    client.post(asked.url, {"password": PASSWORD, "next": "/shop/team/"})
    assert Mail.objects.get().to == "sam@shop.test"


@pytest.mark.parametrize("way", ["start", "again", "dashboard"])
def test_the_way_to_a_bank_account_asks_first(client, way):
    client.force_login(make_member(make_shop(), "Rosa"))
    ask = client.get if way == "again" else client.post
    there = ask(f"/shop/payout/{way}/")
    assert there.url.startswith("/account/reauthenticate/")
    policy = client.get(there.url).headers["Content-Security-Policy"]
    assert "form-action 'self' https://*.stripe.com" in policy


def test_what_is_mended_after_the_password_goes_to_its_own_page(client):
    client.force_login(make_member(make_shop(), "Rosa"))
    asked = client.post("/shop/team/", {"name": "Sam", "email": "sam", "role": "helper"})
    page = client.post(asked.url, {"password": PASSWORD, "next": "/shop/team/"})
    assert page.status_code == 422
    assert '<form class="form" method="post" action="/shop/team/"' in page.text
