"""The drop and the day's end at the counter, without JavaScript."""

import datetime as dt
import re
import uuid
from html import unescape

import pytest
import time_machine

from hubshops.deliveries.actions import close_day
from hubshops.deliveries.models import DayClose
from hubshops.deliveries.queries import DayCounts
from hubshops.drops.models import Handover, HandoverRemark
from hubshops.drops.rules import Counts, driver_code
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.factories import DAY, MORNING, make_member, make_package, make_packages, make_shop
from tests.hubshops.drops.helpers import LATER, give

pytestmark = pytest.mark.django_db
DROP, CLOSE = "/shop/drop/", "/shop/close/"
YESTERDAY = DAY - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _it_is_morning():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    return rosa


@pytest.fixture
def packages(shop):
    return make_packages(3, shop=shop, state=State.MANIFESTED)


def text(response) -> str:
    assert response.status_code in (200, 422)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def pieces(packages, *, over="", act_id=None, **marks) -> dict:
    """The form of the pieces; `marks` by the place of a package: p0="short"."""
    named = {f"piece-{one.pk}": marks.get(f"p{place}", "") for place, one in enumerate(packages)}
    return {
        "do": "count",
        "act_id": act_id or uuid.uuid4(),
        "piece": [one.pk for one in packages],
        "over": over,
    } | named


def signature(**fields) -> dict:
    return {"do": "sign", "count_id": uuid.uuid4(), "packages": 3, "returns": 0} | fields


def states(packages) -> list[str]:
    return [Package.objects.get(pk=one.pk).state for one in packages]


def test_the_page_shows_the_drivers_code_and_what_comes(client, rosa, packages):
    answer = client.get(DROP)
    page = text(answer)
    assert "3 packages announced" in page
    assert "All 3 here, except what is marked" in page
    assert 'class="qr"' in answer.content.decode()


def test_one_tap_counts_in_everything(client, rosa, packages):
    sent = pieces(packages)
    page = text(client.post(DROP, sent, follow=True))
    assert "3 packages counted in." in page
    assert states(packages) == ["AT_SHOP"] * 3
    client.post(DROP, sent)
    assert Package.objects.get(pk=packages[0].pk).events.filter(kind="received").count() == 1


def test_marked_pieces_are_short_damaged_or_too_big(client, rosa, packages):
    sent = pieces(packages, p0="short", p1="damaged", over="NOBODYS1\nNOBODYS1 NOBODYS2")
    page = text(client.post(DROP, sent, follow=True))
    assert "1 package counted in." in page
    assert "4 remarks kept." in page
    assert states(packages) == ["SHORT", "REJECTED_AT_DROP", "AT_SHOP"]
    client.post(DROP, sent)
    assert HandoverRemark.objects.count() == 4


def test_what_is_on_the_list_is_not_one_too_many(client, rosa, packages):
    page = text(client.post(DROP, pieces(packages[1:], over=packages[0].tracking_id), follow=True))
    assert "This package is on your list. Count it in." in page
    assert states(packages) == ["MANIFESTED", "AT_SHOP", "AT_SHOP"]


def test_another_shops_piece_is_not_counted_in(client, rosa, packages):
    zeds = make_package(shop=make_shop("Zed's Flowers"), state=State.MANIFESTED)
    client.post(DROP, pieces([zeds]))
    assert states([zeds]) == ["MANIFESTED"]


def test_the_ticked_returns_go_back(client, shop, rosa):
    stays, goes = make_packages(2, shop=shop, state=State.RETURN_PENDING, day=YESTERDAY)
    sent = {"do": "return", "act_id": uuid.uuid4(), "return": [goes.pk]}
    assert "1 return given back." in text(client.post(DROP, sent, follow=True))
    assert states([stays, goes]) == ["RETURN_PENDING", "RETURNED_TO_STATION"]
    nothing = client.post(DROP, {"do": "return", "act_id": uuid.uuid4()}, follow=True)
    assert "Tick what you give to the driver." in text(nothing)


def test_the_whole_drop_from_code_to_receipt(client, shop, rosa, packages, settings):
    make_package(shop=shop, state=State.RETURN_PENDING, day=YESTERDAY)
    client.get(DROP)
    handover = give(Handover.objects.get(), 3, 1)
    assert "Lee signed: 3 packages, returns: 1" in text(client.get(DROP))
    client.post(DROP, pieces(packages))
    back = Package.objects.get(state=State.RETURN_PENDING)
    client.post(DROP, {"do": "return", "act_id": uuid.uuid4(), "return": [back.pk]})
    page = client.get(DROP).content.decode()
    assert re.search(r'name="packages" value="3"', page)
    assert re.search(r'name="returns" value="1"', page)
    code = driver_code(settings.SECRET_KEY, handover.token, Counts(3, 1))
    sent = signature(returns=1, code=f"{code[:3]} {code[3:]}")
    answer = client.post(DROP, sent)
    assert answer.url == f"/shop/drops/{handover.pk}/"
    assert "Both counts agree" in text(client.get(answer.url))
    handover.refresh_from_db()
    assert (handover.status, handover.given_how) == ("agreed", "code")
    assert client.post(DROP, sent).url == answer.url  # a second tap
    assert "You signed for this drop" in text(client.get(DROP))


def test_a_wrong_code_is_said_and_nothing_is_signed(client, shop, rosa, packages):
    client.get(DROP)
    handover = give(Handover.objects.get(), 3)
    answer = client.post(DROP, signature(code="000000"))
    assert answer.status_code == 422
    assert "You have 4 more tries." in text(answer)
    handover.refresh_from_db()
    assert (handover.status, handover.code_tries) == ("counted_by_giver", 1)


def test_a_driver_without_a_phone_is_written_down(client, shop, rosa, packages):
    sent = signature(packages=2, told_packages=3, told_returns=0, told_name="Lee")
    page = text(client.post(DROP, sent, follow=True))
    assert "Your count and the driver's differ" in page
    assert "Told by the shop, not signed" in page


def test_another_van_gets_its_own_hand_over(client, shop, rosa, packages):
    client.post(DROP, signature())
    client.post(DROP, {"do": "next"})
    assert list(Handover.objects.values_list("number", "status").order_by("number")) == [
        (1, "counted_by_taker"),
        (2, "opened"),
    ]
    assert "Van 2 of the day" in text(client.get(DROP))


@pytest.mark.parametrize("sent", [{"do": "next"}, signature()])
def test_a_day_ends_with_its_last_van(client, shop, rosa, packages, sent):
    client.post(DROP, signature())
    Handover.objects.update(number=99)
    page = text(client.post(DROP, sent, follow=True))
    assert "99 vans came to you on 2026-11-20 already" in page
    assert Handover.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [{}, {"do": "dance"}, {"do": "count", "act_id": "x"}, {"do": "count"}, {"do": "return"}],
)
def test_a_form_that_cannot_be_read_changes_nothing(client, rosa, packages, sent):
    assert client.post(DROP, sent).status_code == 302
    assert states(packages) == ["MANIFESTED"] * 3


def test_the_drop_costs_the_same_for_one_package_and_fifty(
    client, shop, rosa, django_assert_num_queries
):
    make_package(shop=shop, state=State.MANIFESTED)
    client.get(DROP)
    with django_assert_num_queries(12):
        client.get(DROP)
    make_packages(49, shop=shop, state=State.MANIFESTED)
    client.get(DROP)
    with django_assert_num_queries(12):
        client.get(DROP)


# --- The end of the day --------------------------------------------------------------------------


def test_each_number_of_the_day_opens_to_its_packages(client, shop, rosa):
    delivered = make_package(shop=shop, state=State.DELIVERED)
    kept = make_package(shop=shop, state=State.RETURN_PENDING)
    coming = make_package(shop=shop, state=State.MANIFESTED)
    page = text(client.get(CLOSE))
    for package in (delivered, kept, coming):
        assert package.tracking_id[-4:] in page
    assert "1 package goes back with the next van." in page
    assert "1 package was not counted in" in page
    assert "Received 2" in page


def test_the_day_is_closed_with_one_button(client, shop, rosa):
    make_package(shop=shop, state=State.DELIVERED)
    sent = {"close_id": uuid.uuid4(), "day": str(DAY)}
    page = text(client.post(CLOSE, sent, follow=True))
    assert "The day is closed." in page
    assert "Rosa closed this day" in page
    client.post(CLOSE, sent)
    assert DayClose.objects.get().our_counts["delivered"] == 1


def test_the_phones_counts_stand_beside_ours(client, shop, rosa):
    make_packages(2, shop=shop, state=State.DELIVERED)
    close_day(
        shop=shop,
        by=rosa,
        close_id=uuid.uuid4(),
        day=DAY,
        closed_at=MORNING,
        at=MORNING,
        phone_counts=DayCounts(received=3, delivered=3),
    )
    assert "The phone says 3, we have 2. Look where they differ." in text(client.get(CLOSE))


def test_yesterday_comes_first_until_it_is_closed(client, shop, rosa):
    make_package(shop=shop, state=State.DELIVERED, day=YESTERDAY)
    page = text(client.get(CLOSE))
    assert "This day was not closed yet. It comes first." in page
    assert "Thursday, November 19" in page
    client.post(CLOSE, {"close_id": uuid.uuid4(), "day": str(YESTERDAY)})
    assert "Friday, November 20" in text(client.get(CLOSE))


@pytest.mark.parametrize("day", ["2031-01-01", "x", "", "2026-13-40"])
def test_a_day_that_cannot_be_is_today(client, rosa, day):
    assert "Friday, November 20" in text(client.get(CLOSE, {"day": day}))


def test_a_day_that_cannot_be_is_not_closed(client, rosa):
    for day in ("2031-01-01", "x"):
        client.post(CLOSE, {"close_id": uuid.uuid4(), "day": day})
    assert not DayClose.objects.exists()


def test_the_days_end_costs_the_same_for_one_package_and_fifty(
    client, shop, rosa, django_assert_num_queries
):
    make_package(shop=shop, state=State.DELIVERED)
    with django_assert_num_queries(10):
        client.get(CLOSE)
    make_packages(49, shop=shop, state=State.DELIVERED)
    with django_assert_num_queries(10):
        client.get(CLOSE)
