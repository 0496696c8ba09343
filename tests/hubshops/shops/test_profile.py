"""What a shop says of itself holds at once; its name and address once staff said yes."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection

from hubshops.shops.actions import (
    ChangeIsDecided,
    ChangeWaits,
    NothingNew,
    SayWhyNot,
    accept_facts_change,
    ask_facts_change,
    refuse_facts_change,
    save_profile,
)
from hubshops.shops.models import FactsChange, Shop
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_shop, make_staff

pytestmark = pytest.mark.django_db
PROFILE = "/shop/profile/"
WISH = {
    "name": "Rosa's Corner",
    "address1": "9 Elm St",
    "city": "Fayetteville",
    "state": "AR",
    "postal_code": "72703",
}


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    user = make_member(shop, "Rosa")
    client.force_login(user)
    return user


def ask(shop, rosa, **facts):
    return ask_facts_change(shop=shop, facts=WISH | facts, at=MORNING, by=rosa)


def test_contact_hours_and_what_a_shop_takes_hold_at_once(client, shop, rosa):
    for section, told in {
        "contact": {"contact_name": "Ana", "phone": "479-555-0199", "email": "New@Shop.test"},
        "hours": {"opens_at": "08:00", "closes_at": "20:00", "busy_from": "", "busy_until": ""},
        "takes": {"travel_mode": "car", "pounds": "40", "inches": "", "takes_code": "on"},
    }.items():
        assert client.get(f"{PROFILE}{section}/").status_code == 200
        answer = client.post(f"{PROFILE}{section}/", told, follow=True)
        assert "Saved. It holds from now on." in answer.content.decode(), section
    shop.refresh_from_db()
    assert (shop.contact_name, shop.email, shop.opens_at) == ("Ana", "new@shop.test", dt.time(8))
    assert (shop.travel_mode, shop.max_weight_g, shop.takes_signature) == ("car", 18144, False)
    assert "packages up to 40 pounds" in client.get(PROFILE).content.decode()
    again = client.post(f"{PROFILE}takes/", {"travel_mode": "car", "pounds": 40, "takes_code": 1})
    assert again.status_code == 302
    assert Decision.objects.filter(action="save_profile").count() == 3
    assert client.get(f"{PROFILE}money/").status_code == 404


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"opens_at": "08:00"}, "Give both times, or none."),
        ({"opens_at": "20:00", "closes_at": "08:00"}, "This time comes before the first."),
        ({"busy_from": "soon", "busy_until": "08:00"}, "Write a time like 14:30."),
    ],
)
def test_hours_that_can_not_be_are_refused(client, shop, rosa, told, words):
    answer = client.post(f"{PROFILE}hours/", told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    shop.refresh_from_db()
    assert shop.opens_at is None


def test_nothing_else_is_a_shops_own_to_change(shop, rosa):
    with pytest.raises(ValueError, match="daily_cap"):
        save_profile(shop=shop, facts={"daily_cap": 900}, at=MORNING, by=rosa)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address1": "Foo"}, "Add the house number"),
        ({"address1": "PO Box 12"}, "stop at a post office box"),
        ({"state": "ZZ"}, "Write the state in two letters"),
        ({"postal_code": "1"}, "five digits of the ZIP code"),
        ({"postal_code": "94105"}, "is in San Francisco, CA, not in AR."),
    ],
)
def test_an_address_that_is_none_is_not_sent(client, shop, rosa, wrong, words):
    answer = client.post(f"{PROFILE}name/", WISH | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not shop.facts_changes.exists()


def test_a_new_name_waits_and_the_page_says_so_before_and_after(client, shop, rosa):
    assert "We look at this before it holds" in client.get(f"{PROFILE}name/").content.decode()
    answer = client.post(f"{PROFILE}name/", WISH, follow=True)
    page = answer.content.decode()
    assert "A change is waiting" in page
    assert "Rosa&#x27;s Bodega" in page
    assert "Rosa&#x27;s Corner" in page
    shop.refresh_from_db()
    assert shop.name == "Rosa's Bodega"
    again = client.post(f"{PROFILE}name/", WISH)
    assert "A change is waiting already." in again.content.decode()
    client.post(f"{PROFILE}name/back/")
    assert FactsChange.objects.get().status == "withdrawn"


def test_staff_accept_and_the_owners_read_it(client, shop, rosa):
    wish = ask(shop, rosa)
    client.force_login(make_staff("Olga", "support"))
    assert "Rosa&#x27;s Bodega" in client.get("/ops/shops/").content.decode()
    address = f"/ops/shops/changes/{wish.pk}/"
    page = client.get(address).content.decode()
    assert "9 Elm St" in page
    told = {"latitude": "36.1", "longitude": "-94.2", "decision": "accept", "answer": ""}
    assert client.post(address, told).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.postal_code, shop.latitude) == ("Rosa's Corner", "72703", 36.1)
    assert "from now on your shop is Rosa's Corner, 9 Elm St" in Mail.objects.get().body
    with pytest.raises(ChangeIsDecided):
        refuse_facts_change(change_id=wish.pk, answer="No", at=MORNING, by=rosa)


def test_a_no_has_words_and_changes_nothing(client, shop, rosa):
    wish = ask(shop, rosa)
    client.force_login(make_staff("Olga", "support"))
    told = {"latitude": "36.1", "longitude": "-94.2", "decision": "refuse", "answer": " "}
    answer = client.post(f"/ops/shops/changes/{wish.pk}/", told)
    assert "Write a sentence for the shop: why not." in answer.content.decode()
    client.post(f"/ops/shops/changes/{wish.pk}/", told | {"answer": "We need the new lease."})
    shop.refresh_from_db()
    assert shop.name == "Rosa's Bodega"
    assert "We need the new lease." in Mail.objects.get().body


def test_what_is_true_already_and_a_second_wish_are_refused(shop, rosa):
    with pytest.raises(NothingNew):
        ask_facts_change(shop=shop, facts={"name": shop.name}, at=MORNING, by=rosa)
    ask(shop, rosa)
    with pytest.raises(ChangeWaits):
        ask(shop, rosa, name="Third")
    assert FactsChange.objects.count() == 1


def test_a_refusal_without_words_writes_nothing(shop, rosa):
    wish = ask(shop, rosa)
    with pytest.raises(SayWhyNot):
        refuse_facts_change(change_id=wish.pk, answer="", at=MORNING, by=rosa)
    assert FactsChange.objects.get().status == "waiting"
    accept_facts_change(change_id=wish.pk, latitude=1, longitude=1, at=MORNING, by=rosa)


@pytest.mark.parametrize(
    ("law", "sql"),
    [
        ("facts_change_decided_by_a_person", "UPDATE facts_change SET status = 'accepted'"),
        ("facts_change_decided_by_a_person", "UPDATE facts_change SET answer = 'No'"),
        (
            "facts_change_refused_says_why",
            "UPDATE facts_change SET status = 'refused', decided_at = now(),"
            " decided_by_id = asked_by_id",
        ),
        (
            "facts_change_one_waits",
            "INSERT INTO facts_change (shop_id, name, address1, city, state, postal_code, before,"
            " status, asked_at, asked_by_id, answer) SELECT shop_id, name, address1, city, state,"
            " postal_code, before, status, asked_at, asked_by_id, answer FROM facts_change",
        ),
        ("shop_opening_hours_are_a_span", "UPDATE shop SET opens_at = '08:00'"),
    ],
)
def test_the_table_holds_its_laws(shop, rosa, law, sql):
    ask(shop, rosa)
    with pytest.raises(IntegrityError, match=law), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_manager_changes_the_day_and_not_the_name(client, shop):
    client.force_login(make_member(shop, "Mia", "manager"))
    page = client.get(PROFILE).content.decode()
    assert "Change contact" in page
    assert "Change name or address" not in page
    assert client.get(f"{PROFILE}name/").status_code == 404


def test_a_helper_reads_and_changes_nothing(client, shop):
    client.force_login(make_member(shop, "Sam", "helper"))
    assert "Change contact" not in client.get(PROFILE).content.decode()
    assert client.post(f"{PROFILE}contact/", {}).status_code == 404
    assert Shop.objects.get().contact_name == "Rosa"
