"""The door's pages: who may open them, what a tap does, and what a second tap does not."""

import datetime as dt
import re
import uuid
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_person,
    make_shop,
)

pytestmark = pytest.mark.django_db
DOOR = "/shop/door/"
NOON = MORNING + dt.timedelta(hours=3)


@pytest.fixture(autouse=True)
def _it_is_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(client, shop):
    client.force_login(make_member(shop, "Sam", "helper"))
    return client


@pytest.fixture
def rosa(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    return client


def html(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def text(response) -> str:
    """A page's words."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html(response)).split()))


def form(*packages: Package, act_id: uuid.UUID | None = None, **words: str) -> dict:
    return {"act_id": act_id or uuid.uuid4(), "package": [one.pk for one in packages]} | words


def state_of(package: Package) -> str:
    package.refresh_from_db()
    return package.state


PAGES = [
    ("get", "deliveries:door", []),
    ("get", "deliveries:package", [1]),
    ("get", "deliveries:deliver", []),
    ("get", "deliveries:attempt", []),
    ("get", "deliveries:correct", [1]),
    ("post", "deliveries:record", []),
    ("post", "deliveries:deliver", []),
    ("post", "deliveries:attempt", []),
    ("post", "deliveries:correct", [1]),
]


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
def test_anonymous_people_sign_in_and_strangers_find_nothing(client, shop, method, name, args):
    url = reverse(name, args=args)
    assert getattr(client, method)(url).headers["Location"].startswith("/account/login/")
    client.force_login(make_person("Zed"))
    assert getattr(client, method)(url).status_code == 404


@pytest.mark.parametrize("name", ["package", "correct"])
def test_another_shops_package_is_not_there(sam, name):
    theirs = make_package(shop=make_shop("Zed's Florist"), state=State.AT_SHOP)
    assert sam.get(reverse(f"deliveries:{name}", args=[theirs.pk])).status_code == 404


def test_another_shops_package_in_a_form_is_passed_over(sam, shop):
    theirs = make_package(shop=make_shop("Zed's Florist"), state=State.AT_SHOP)
    mine = make_package(shop=shop, state=State.AT_SHOP)
    before = PackageEvent.objects.count()
    assert sam.post(f"{DOOR}record/", form(theirs, act="load")).status_code == 404
    assert PackageEvent.objects.count() == before
    sam.post(f"{DOOR}record/", form(theirs, mine, act="load"))
    assert (state_of(mine), state_of(theirs)) == (State.OUT_FOR_DELIVERY, State.AT_SHOP)


# --- The list ------------------------------------------------------------------------------------


def test_an_empty_day_says_so(sam):
    assert "No packages today" in text(sam.get(DOOR))


def test_the_whole_drop_is_counted_in_with_one_tap(sam, shop):
    packages = make_packages(24, shop=shop, state=State.MANIFESTED)
    page = html(sam.get(DOOR))
    assert "Count in all 24" in page
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)[1]
    asked = form(*packages, act="receive", act_id=act_id)
    for _twice in range(2):
        answer = sam.post(f"{DOOR}record/", asked, follow=True)
        assert "Counted in. 24 packages." in text(answer)
    assert PackageEvent.objects.filter(kind="received").count() == 24
    assert Package.objects.filter(state=State.AT_SHOP).count() == 24


def test_the_list_counts_what_is_left(sam, shop):
    make_packages(6, shop=shop, state=State.DELIVERED)
    make_packages(16, shop=shop, state=State.OUT_FOR_DELIVERY)
    make_packages(2, shop=shop, state=State.RETURN_PENDING, at=NOON)
    words = text(sam.get(DOOR))
    assert "6 of 24 delivered" in words
    assert "Left 16" in words
    assert "Done 6" in words
    assert "Problems 2" in words


def test_yesterdays_package_comes_first(sam, shop):
    make_package(shop=shop, state=State.OUT_FOR_DELIVERY, address1="5 New St")
    make_package(
        shop=shop,
        state=State.ATTEMPTED,
        address1="9 Old St",
        day=DAY - dt.timedelta(days=1),
        at=MORNING - dt.timedelta(days=1),
    )
    words = text(sam.get(DOOR))
    assert words.index("9 Old St") < words.index("5 New St")


def test_what_was_tried_today_waits_for_tomorrow(sam, shop):
    make_package(shop=shop, state=State.ATTEMPTED, address1="9 Old St", at=NOON)
    assert "9 Old St" not in text(sam.get(DOOR))
    assert "Keep for tomorrow" in text(sam.get(DOOR, {"show": "problems"}))


def test_several_packages_at_one_door_are_one_stop(sam, shop):
    three = make_packages(3, shop=shop, state=State.OUT_FOR_DELIVERY, address1="412 Franklin Ave")
    words = text(sam.get(DOOR))
    assert "1 door left" in words
    assert "Delivered, all 3" in words
    sam.post(f"{DOOR}deliver/", form(*three, outcome="mail_room"))
    assert Delivery.objects.filter(outcome="mail_room").count() == 3


def test_the_next_door_says_what_to_ask_for(sam, shop):
    make_package(shop=shop, state=State.OUT_FOR_DELIVERY, requires="signature")
    assert "Ask for a signature" in text(sam.get(DOOR))


def test_search_by_the_last_letters_of_the_tracking_id(sam, shop):
    make_package(shop=shop, state=State.AT_SHOP, tracking_id="TBA-X7Y2", address1="1 Found St")
    make_package(shop=shop, state=State.AT_SHOP, tracking_id="TBA-9999", address1="2 Other St")
    words = text(sam.get(DOOR, {"last": "x7y2"}))
    assert "1 package ends in x7y2" in words
    assert "1 Found St" in words
    assert "2 Other St" not in words
    assert "Not on today's list" in text(sam.get(DOOR, {"last": "0000"}))


def test_nobody_at_a_door_sees_a_phone_number_or_a_full_name(sam, shop):
    package = make_package(
        shop=shop,
        state=State.OUT_FOR_DELIVERY,
        recipient_name="Inés María Bellamar",
        phone="479-555-0199",
    )
    for url in (DOOR, f"{DOOR}{package.pk}/", f"{DOOR}deliver/?package={package.pk}"):
        page = html(sam.get(url))
        assert "Inés B." in page
        assert "Bellamar" not in page
        assert "0199" not in page


@pytest.mark.parametrize("show", ["", "left", "done", "problems", "nonsense"])
def test_the_list_costs_the_same_for_one_package_and_fifty(
    sam, shop, show, django_assert_num_queries
):
    make_packages(1, shop=shop, state=State.OUT_FOR_DELIVERY)
    with django_assert_num_queries(5):
        sam.get(DOOR, {"show": show})
    for state in (State.OUT_FOR_DELIVERY, State.DELIVERED, State.RETURN_PENDING, State.MANIFESTED):
        make_packages(15, shop=shop, state=state)
    with django_assert_num_queries(5):
        sam.get(DOOR, {"show": show})


# --- One package ---------------------------------------------------------------------------------

BUTTONS = [
    (State.MANIFESTED, ["Count in"], ["Delivered", "Could not deliver"]),
    (State.AT_SHOP, ["Delivered", "Could not deliver", "Take along"], ["Correct this"]),
    (State.OUT_FOR_DELIVERY, ["Delivered", "Could not deliver"], ["Take along"]),
    (State.ATTEMPTED, ["Delivered", "Take along", "Correct this"], ["Count in"]),
    (State.RETURN_PENDING, ["Given back to the driver", "Delivered after all"], ["Take along"]),
    (State.DELIVERED, ["Correct this"], ["Could not deliver", "Take along"]),
]


@pytest.mark.parametrize(("state", "there", "not_there"), BUTTONS)
def test_a_package_offers_what_can_be_done_now(sam, shop, state, there, not_there):
    package = make_package(shop=shop, state=state)
    page = html(sam.get(f"{DOOR}{package.pk}/"))
    found = re.findall(r'<(?:a|button) class="button[^>]*>(.*?)</(?:a|button)>', page, re.DOTALL)
    words = " | ".join(re.sub(r"<[^>]+>", "", one).strip() for one in found)
    assert all(word in words for word in there), words
    assert not any(word in words for word in not_there), words


def test_delivered_in_two_steps(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    page = html(sam.get(f"{DOOR}deliver/", {"package": package.pk}))
    assert "Handed to the resident" in page
    answer = sam.post(f"{DOOR}deliver/", form(package, outcome="neighbour", note="2B"), follow=True)
    assert f"Package …{package.tracking_id[-4:]}: Delivered." in text(answer)
    assert f"{DOOR}{package.pk}/correct/" in html(answer)
    assert Delivery.objects.get().outcome == "neighbour"
    assert PackageEvent.objects.get(kind="delivered").note == "2B"


def test_a_second_tap_is_no_second_delivery(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    once = form(package, outcome="neighbour")
    for _tap in range(3):
        sam.post(f"{DOOR}deliver/", once)
    assert PackageEvent.objects.filter(kind__startswith="delivered").count() == 1


def test_delivered_where_is_asked_for(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    once = form(package)
    page = html(sam.post(f"{DOOR}deliver/", once))
    assert "There is a problem" in page
    assert "Say where you left the package." in page
    assert str(once["act_id"]) in page
    assert not Delivery.objects.exists()


def test_the_consequence_is_told_before_it_is_confirmed(rosa, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    asked = {"package": package.pk, "reason": "NOT_HOME"}
    words = text(rosa.get(f"{DOOR}attempt/", asked))
    assert "Keep it. Try again tomorrow." in words
    assert "A try earns no fee." in words
    assert not PackageEvent.objects.filter(kind="attempted").exists()
    answer = rosa.post(f"{DOOR}attempt/", form(package, reason="NOT_HOME"), follow=True)
    assert "Keep it. Try again tomorrow." in text(answer)
    assert state_of(package) == State.ATTEMPTED


def test_the_last_try_is_announced(rosa, shop):
    yesterday = MORNING - dt.timedelta(days=1)
    package = make_package(shop=shop, state=State.ATTEMPTED, at=yesterday)
    words = text(rosa.get(f"{DOOR}attempt/", {"package": package.pk, "reason": "NO_ACCESS"}))
    assert "Give it back to the driver with the next drop." in words
    assert "That was the last try." in words


def test_a_helper_reads_nothing_about_money(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    words = text(sam.get(f"{DOOR}attempt/", {"package": package.pk, "reason": "NOT_HOME"}))
    assert "fee" not in words
    assert "$" not in words


def test_an_unknown_reason_asks_again(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    asked = {"package": package.pk, "reason": "BORED"}
    assert "Why not?" in text(sam.get(f"{DOOR}attempt/", asked))
    answer = sam.post(f"{DOOR}attempt/", form(package, reason="BORED"), follow=True)
    assert "We don't know this reason." in text(answer)
    assert state_of(package) == State.OUT_FOR_DELIVERY


def test_a_refused_act_is_told_with_its_package(sam, shop):
    package = make_package(shop=shop, state=State.MANIFESTED)
    answer = sam.post(f"{DOOR}deliver/", form(package, outcome="front_door"), follow=True)
    assert f"Package …{package.tracking_id[-4:]}: Count this package in first." in text(answer)


def test_what_was_said_can_be_corrected(sam, shop):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    sam.post(f"{DOOR}deliver/", form(package, outcome="neighbour"))
    page = text(sam.get(f"{DOOR}{package.pk}/correct/"))
    assert "Delivered: Neighbor" in page
    asked = {"act_id": uuid.uuid4(), "change": "reason:KEYING_ERROR"}
    answer = sam.post(f"{DOOR}{package.pk}/correct/", asked, follow=True)
    assert "Corrected." in text(answer)
    assert state_of(package) == State.OUT_FOR_DELIVERY
    history = text(sam.get(f"{DOOR}{package.pk}/"))
    assert "Corrected: Entered by mistake" in history
    assert "Delivered: Neighbor" in history


def test_a_correction_needs_a_choice(sam, shop):
    package = make_package(shop=shop, state=State.DELIVERED)
    page = text(sam.post(f"{DOOR}{package.pk}/correct/", {"act_id": uuid.uuid4()}))
    assert "Choose what really happened." in page
    nonsense = {"act_id": uuid.uuid4(), "change": "shop:zed"}
    answer = sam.post(f"{DOOR}{package.pk}/correct/", nonsense, follow=True)
    assert "nothing like that to correct" in text(answer)


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 400, "9" * 5000, "1.5", "٣"])
def test_odd_package_numbers_are_not_there(sam, odd):
    assert sam.get(f"{DOOR}deliver/", {"package": odd}).status_code == 404


@pytest.mark.parametrize("odd", [{}, {"act_id": "x"}, {"act": "amend"}, {"act": "explode"}])
def test_an_odd_form_changes_nothing(sam, shop, odd):
    package = make_package(shop=shop, state=State.AT_SHOP)
    sam.post(f"{DOOR}record/", {"package": package.pk, "act": "load"} | odd)
    assert state_of(package) == State.AT_SHOP


@pytest.mark.parametrize("state", [State.SHORT, State.REJECTED_AT_DROP])
def test_what_never_came_is_a_problem_and_no_work(sam, shop, state):
    make_package(shop=shop, state=State.DELIVERED)
    package = make_package(shop=shop, state=state)
    door = text(sam.get(DOOR))
    assert "1 of 1 delivered" in door
    assert "Problems 1" in door
    problems = text(sam.get(DOOR, {"show": "problems"}))
    assert package.tracking_id[-4:] in problems
    assert "They cost you nothing" in problems


def test_what_did_not_come_is_counted_in_when_it_turns_up(sam, shop):
    package = make_package(shop=shop, state=State.SHORT)
    page = html(sam.get(reverse("deliveries:package", args=[package.pk])))
    assert "It is here after all: count in" in page
    sam.post(reverse("deliveries:record"), form(package, act="receive"))
    assert state_of(package) == State.AT_SHOP
