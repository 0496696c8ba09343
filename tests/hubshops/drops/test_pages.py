"""The driver's page, the receipt, and staff's list."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from hubshops.drops.models import Handover
from hubshops.drops.rules import Counts, driver_code
from hubshops.packages.rules import State
from tests.factories import DAY, make_member, make_packages, make_shop, make_staff
from tests.hubshops.drops.helpers import LATER, give, opened, said, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_morning():
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def packages(shop):
    return make_packages(3, shop=shop, state=State.MANIFESTED, recipient_name="Canary Bird")


def text(response) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def path(handover) -> str:
    return f"/H/{handover.token}"


def signature(**fields) -> dict:
    return {"packages": 3, "returns": 1, "name": "Lee"} | fields


def test_a_driver_signs_without_signing_in_and_reads_her_digits(client, shop, packages):
    handover = opened(shop)
    page = text(client.get(path(handover)))
    assert "Drop at Rosa's Bodega" in page
    answer = client.post(path(handover), signature())
    assert answer.status_code == 302
    page = text(client.get(path(handover)))
    code = driver_code(settings.SECRET_KEY, handover.token, Counts(3, 1))
    assert f"{code[:3]} {code[3:]}" in page
    assert "You signed: 3 packages handed over" in page


def test_the_drivers_page_names_no_recipient_and_is_kept_nowhere(client, shop, packages):
    handover = give(opened(shop), 3)
    for answer in (client.get(path(handover)), client.get(f"{path(handover)}?correct=1")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        for secret in ("Canary", packages[0].address1, packages[0].tracking_id):
            assert secret not in text(answer)


def test_a_driver_corrects_her_count(client, shop, packages):
    handover = give(opened(shop), 4)
    page = client.get(f"{path(handover)}?correct=1").content.decode()
    assert 'value="4"' in page
    client.post(path(handover), signature())
    handover.refresh_from_db()
    assert handover.given_count == 3


def test_after_the_shop_signed_she_sees_both_counts_and_changes_nothing(
    client, shop, rosa, packages
):
    handover = give(opened(shop), 3)
    take(shop, rosa, packages=2)
    page = text(client.get(path(handover)))
    assert "The counts differ" in page
    assert "Correct my count" not in page
    answer = client.post(path(handover), signature(packages=2))
    assert answer.status_code == 422
    assert "stays as it is" in text(answer)
    handover.refresh_from_db()
    assert handover.given_count == 3


def test_the_shops_count_is_not_shown_before_she_signs(client, shop, rosa, packages):
    handover = take(shop, rosa, packages=77).handover
    assert "77" not in text(client.get(path(handover)))


def test_a_drivers_link_ends(client, shop):
    handover = opened(shop)
    with time_machine.travel(handover.expires_at, tick=False):
        for answer in (client.get(path(handover)), client.post(path(handover), signature())):
            assert answer.status_code == 410
            assert "This link is over" in text(answer)
    handover.refresh_from_db()
    assert handover.status == "opened"


def test_a_guessed_address_is_no_page_and_guessing_is_slowed(client):
    codes = [client.get("/H/GUESSED").status_code for _ in range(61)]
    assert codes == [404] * 60 + [429]


@pytest.mark.parametrize(
    "wrong", [{"packages": ""}, {"packages": "-1"}, {"returns": "x"}, {"name": " "}]
)
def test_a_signature_that_is_not_whole_is_not_kept(client, shop, wrong):
    handover = opened(shop)
    answer = client.post(path(handover), signature(**wrong))
    assert answer.status_code == 422
    handover.refresh_from_db()
    assert handover.status == "opened"


def test_a_driver_without_a_token_of_our_form_cannot_sign(shop):
    handover = opened(shop)
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(path(handover), signature()).status_code == 403


def test_a_receipt_shows_both_counts_and_survives_a_bookmark(client, shop, rosa, packages):
    give(opened(shop), 3, 1)
    signed = take(
        shop, rosa, packages=2, returns=1, remarks=[said("short", packages[0], note="not on board")]
    )
    client.force_login(rosa)
    page = text(client.get(f"/shop/drops/{signed.handover.pk}/"))
    for words in ("The counts differ", "Lee", "Rosa", "not on board", packages[0].tracking_id):
        assert words in page
    history = text(client.get("/shop/drops/"))
    assert "2 packages taken" in history


def test_a_receipt_is_its_shops_alone(client, shop, rosa):
    handover = take(shop, rosa).handover
    client.force_login(make_member(make_shop("Zed's Flowers"), "Zed"))
    assert client.get(f"/shop/drops/{handover.pk}/").status_code == 404


def test_the_history_costs_the_same_for_one_and_many(client, shop, rosa, django_assert_num_queries):
    client.force_login(rosa)
    take(shop, rosa)
    with django_assert_num_queries(5):
        client.get("/shop/drops/")
    for days in range(1, 20):
        take(shop, rosa, day=DAY - dt.timedelta(days=days))
    with django_assert_num_queries(5):
        client.get("/shop/drops/")


def test_staff_make_the_links_and_open_one(client, shop, packages):
    client.force_login(make_staff("Olga"))
    page = text(client.get("/ops/drops/"))
    assert "Make the link for 1 shop" in page
    client.post("/ops/drops/", {"station": shop.station.code, "day": str(DAY)})
    handover = Handover.objects.get()
    sheet = client.get(f"/ops/drops/{handover.pk}/")
    assert handover.token in text(sheet)
    assert 'class="qr"' in sheet.content.decode()


def test_staffs_list_costs_the_same_for_one_shop_and_many(client, django_assert_num_queries):
    client.force_login(make_staff("Olga"))
    opened(make_shop("First"))
    with django_assert_num_queries(8):
        client.get("/ops/drops/")
    for number in range(10):
        opened(make_shop(f"Shop {number}"))
    with django_assert_num_queries(8):
        client.get("/ops/drops/")
