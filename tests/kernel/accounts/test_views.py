"""The front door: first passwords, new links, languages."""

import re

import pytest
from django.core.cache import cache

from kernel.accounts.models import User
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_person, make_shop
from tests.kernel.accounts.test_actions import invite

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def link():
    return re.search(r"/account/welcome/\S+", Mail.objects.order_by("pk").last().body).group()


def choose(client, url, first=PASSWORD, again=PASSWORD):
    return client.post(url, {"new_password1": first, "new_password2": again})


def test_an_invited_person_chooses_a_password_and_is_in(client):
    rosa = invite()
    url = link()
    assert "For rosa@shop.test" in client.get(url).content.decode()
    answer = choose(client, url)
    assert (answer.status_code, answer.url) == (302, "/account/home/")
    assert client.session["_auth_user_id"] == str(rosa.pk)
    client.logout()
    signed_in = client.post("/account/login/", {"login": rosa.email, "password": PASSWORD})
    assert (signed_in.status_code, signed_in.url) == (302, "/account/home/")


@pytest.mark.parametrize(
    ("first", "again", "words"),
    [
        ("short", "short", "at least 12 characters"),
        ("passwordpassword", "passwordpassword2", "match"),
        ("rosa@shop.test", "rosa@shop.test", "similar"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(client, first, again, words):
    invite()
    url = link()
    answer = choose(client, url, first, again)
    assert words in answer.content.decode()
    assert not User.objects.get().has_usable_password()
    assert choose(client, url).status_code == 302


def test_a_used_link_offers_a_new_one(client):
    invite()
    url = link()
    choose(client, url)
    client.logout()
    for answer in (
        client.get(url),
        choose(client, url, "another password 1", "another password 1"),
    ):
        assert answer.status_code == 410
        assert "Send a new link" in answer.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_an_old_link_offers_a_new_one_that_works(client, time_machine):
    time_machine.move_to(MORNING)
    invite()
    old = link()
    time_machine.move_to(MORNING.replace(day=24))
    assert client.get(old).status_code == 410
    answer = client.post("/account/welcome/", {"email": "Rosa@shop.test"}, follow=True)
    assert "a new link is on its way" in answer.content.decode()
    assert choose(client, link()).status_code == 302


def test_the_page_says_the_same_to_known_and_unknown_addresses(client):
    invite()
    make_person("Zed")
    pages = [
        client.post("/account/welcome/", {"email": email}, follow=True).content
        for email in ("rosa@shop.test", "zed@shop.test", "nobody@shop.test")
    ]
    assert len({re.sub(rb"csrfmiddlewaretoken.*?>", b"", page) for page in pages}) == 1
    assert Mail.objects.filter(subject="Your new link to Hub Delivery").count() == 1


def test_new_links_have_an_hourly_limit_that_nobody_sees(client):
    invite()
    for _ in range(7):
        answer = client.post("/account/welcome/", {"email": "rosa@shop.test"}, follow=True)
        assert "a new link is on its way" in answer.content.decode()
    assert Mail.objects.count() == 1 + 5


def test_strangers_do_not_use_up_an_invited_persons_links(client):
    invite()
    for number in range(7):
        where = {"REMOTE_ADDR": f"10.0.0.{number}"}
        client.post("/account/welcome/", {"email": "rosa@shop.test"}, **where)
    before = Mail.objects.count()
    client.post("/account/welcome/", {"email": "rosa@shop.test"}, REMOTE_ADDR="10.1.1.1")
    assert Mail.objects.count() == before + 1


def test_an_invited_person_is_not_flooded_from_many_connections(client):
    invite()
    for number in range(30):
        where = {"REMOTE_ADDR": f"10.0.0.{number}"}
        client.post("/account/welcome/", {"email": "rosa@shop.test"}, **where)
    assert Mail.objects.count() == 1 + 25


def test_a_link_is_for_invited_people_not_for_sessions(client):
    """Choosing the first password as somebody else signs that one out."""
    zed = make_person("Zed")
    client.force_login(zed)
    rosa = invite()
    choose(client, link())
    assert client.session["_auth_user_id"] == str(rosa.pk)


def test_nobody_signs_up_without_an_invitation(client):
    answer = client.post(
        "/account/signup/",
        {"email": "a@b.test", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.exists()
    assert answer.status_code in (200, 302, 403)


def test_a_forgotten_password_is_mailed_by_our_own_post_room(client):
    make_person("Rosa", language="es")
    client.post("/account/password/reset/", {"email": "rosa@shop.test"})
    mail = Mail.objects.get()
    assert mail.to == "rosa@shop.test"
    assert "/account/password/reset/key/" in mail.body
    assert "example.com" not in mail.body + mail.subject


def test_the_chosen_language_is_kept_in_browser_and_account(client):
    rosa = make_person("Rosa")
    client.force_login(rosa)
    answer = client.post("/i18n/setlang/", {"language": "es", "next": "/account/login/"})
    assert answer.cookies["django_language"].value == "es"
    rosa.refresh_from_db()
    assert rosa.language == "es"


def test_a_strangers_language_stays_in_the_browser(client):
    answer = client.post("/i18n/setlang/", {"language": "xx", "next": "https://evil.test/"})
    assert answer.status_code == 302
    assert answer.url == "/"


def test_signing_in_brings_the_persons_language(client):
    make_person("Rosa", language="es")
    login = {"login": "rosa@shop.test", "password": PASSWORD}
    answer = client.post("/account/login/", login)
    assert answer.cookies["django_language"].value == "es"


def test_who_works_nowhere_is_told_so(client):
    make_shop()
    client.force_login(make_person("Ana"))
    assert "no shop is yours now" in client.get("/account/home/").content.decode()


@pytest.mark.parametrize("address", ["/account/login/", "/account/password/reset/"])
def test_an_e_mail_is_called_the_same_on_every_page(client, address):
    page = client.get(address).content.decode()
    assert ">E-mail</label>" in page
    assert ">Email<" not in page
