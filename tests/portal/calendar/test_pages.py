"""A shop sees the days to come and takes days off; staff see a station's week."""

import datetime as dt
import html
import re

import pytest
import time_machine

from hubshops.forecasts.models import Forecast
from hubshops.shops.actions import ask_to_leave
from hubshops.shops.models import DayOff, MemberRole, Shop
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_shop,
    make_staff,
    make_station,
    show_again,
)
from tests.hubshops.forecasts.helpers import give, weeks

pytestmark = pytest.mark.django_db
TOMORROW, CALENDAR = "/shop/tomorrow/", "/shop/calendar/"
OFF, WORK = "/shop/calendar/off/", "/shop/calendar/work/"
STATION = "/ops/forecast/FAY/"
NEXT = DAY + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _it_is_noon():
    with time_machine.travel(MORNING + dt.timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    return client


@pytest.fixture
def sam(client, shop):
    client.force_login(make_member(shop, "Sam", MemberRole.HELPER))
    return client


@pytest.fixture
def olga(client):
    client.force_login(make_staff("Olga"))
    return client


def text(response, status=200) -> str:
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def take(client, first=NEXT, last="", **more):
    return client.post(OFF, {"first_day": first, "last_day": last, **more}, follow=True)


def off(shop):
    return list(shop.days_off.values_list("day", flat=True))


def test_a_new_shop_reads_when_a_forecast_comes(rosa):
    assert "No forecast yet" in text(rosa.get(TOMORROW))
    assert "Tomorrow" not in text(rosa.get("/shop/"))


def test_tomorrow_is_on_todays_page_and_leads_to_the_week(rosa, shop):
    give(shop, {day: 9 + day.day % 3 for day in weeks(8)})
    answer = rosa.get("/shop/")
    assert re.search(r"Tomorrow about 10 \(\d+–\d+\)", text(answer))
    assert f'href="{TOMORROW}"' in answer.content.decode()


def test_the_week_is_told_in_a_table_beside_the_drawing(rosa, shop):
    give(shop, weeks(8))
    Shop.objects.update(weekdays="123456")
    DayOff.objects.create(shop=shop, day=DAY + dt.timedelta(days=4))
    words = text(rosa.get(TOMORROW))
    assert re.search(r"Saturday, November 21 10 \d+–\d+", words)
    assert "Sunday, November 22 Closed" in words
    assert "Tuesday, November 24 Day off" in words
    assert "Not enough days yet" not in words
    assert "After a week you see here how right it was." in words


def test_few_days_are_called_few(rosa, shop):
    give(shop, weeks(1))
    words = text(rosa.get(TOMORROW))
    assert "Not enough days yet" in words
    assert "We know 7 days of your shop so far" in words


def test_past_accuracy_stands_beside_it(rosa, shop):
    give(shop, weeks(4, until=DAY - dt.timedelta(days=1)))
    for ago in range(1, 9):
        day = DAY - dt.timedelta(days=ago)
        low = 13 if ago == 1 else 7
        Forecast.objects.create(
            shop=shop, day=day, made_on=day - dt.timedelta(days=1), low=low, middle=13, high=15
        )
    words = text(rosa.get(TOMORROW))
    assert "In the last 4 weeks, 7 of 8 days were inside the band." in words
    assert "We were off by 3 packages on average." in words
    assert "Thu Nov 19 13 (13–15) 10 no" in words


def test_helpers_see_the_days_and_change_none(sam, shop):
    give(shop, weeks(2))
    DayOff.objects.create(shop=shop, day=NEXT)
    words = text(sam.get(CALENDAR))
    assert "Friday, November 27" in words
    assert "Only the shop's owner or manager can change days off." in words.replace("&#x27;", "'")
    assert "Work after all" not in words
    assert sam.get(TOMORROW).status_code == 200
    assert take(sam).status_code == 404
    assert sam.post(WORK, {"day": NEXT}).status_code == 404
    assert off(shop) == [NEXT]


def test_an_owner_takes_a_day_off_and_gives_it_back(rosa, shop):
    assert "Friday, November 27 is off." in text(take(rosa))
    assert off(shop) == [NEXT]
    words = text(rosa.post(WORK, {"day": NEXT}, follow=True))
    assert "You work on Friday, November 27." in words
    assert off(shop) == []


def test_a_span_is_taken_off_day_by_day(rosa, shop):
    words = text(take(rosa, NEXT, NEXT + dt.timedelta(days=2)))
    assert "3 days are off, the first is Friday, November 27." in words
    assert len(off(shop)) == 3
    assert "These days were off already." in text(take(rosa, NEXT))


def test_what_is_planned_is_said_before_it_is_saved(rosa, shop):
    give(shop, {NEXT: 20})

    words = text(take(rosa))

    assert (
        "20 packages are planned for you on that day; the station will move them or call you"
        in words
    )
    assert off(shop) == []
    text(take(rosa, understood="1"))
    assert off(shop) == [NEXT]
    assert "20 packages are planned for you all the same." in text(rosa.get(CALENDAR))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("", "", "Choose the day."),
        ("soon", "", "Write the day like 2026-11-20."),
        (DAY - dt.timedelta(days=1), "", "Thursday, November 19 is over."),
        (DAY, "", "could be changed until 8:00 pm CST on Thursday, November 19."),
        (NEXT, DAY, "The last day comes before the first."),
        (NEXT, NEXT + dt.timedelta(days=60), "Take at most 60 days at once."),
        (dt.date(2028, 1, 1), "", "Choose a day within the next 12 months."),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_lost(rosa, shop, first, last, words):
    answer = take(rosa, first, last)
    assert words in text(answer, 422)
    assert f'value="{first}"' in answer.content.decode() or not first
    assert off(shop) == []


def test_the_cut_off_is_refused_before_the_question(rosa, shop):
    give(shop, {DAY: 5})
    assert "could be changed until" in text(take(rosa, DAY), 422)


def test_a_fixed_day_off_has_no_button_and_stays(rosa, shop):
    DayOff.objects.create(shop=shop, day=DAY)
    words = text(rosa.get(CALENDAR))
    assert "Fixed" in words
    assert "Work after all" not in words
    assert "could be changed until" in text(rosa.post(WORK, {"day": DAY}, follow=True))
    assert off(shop) == [DAY]


def test_giving_back_a_day_that_was_not_off_says_so(rosa):
    assert "This day was not off." in text(rosa.post(WORK, {"day": NEXT}, follow=True))


@pytest.mark.parametrize("day", ["", "never"])
def test_no_day_gives_nothing_back(rosa, shop, day):
    DayOff.objects.create(shop=shop, day=NEXT)
    rosa.post(WORK, {"day": day})
    assert off(shop) == [NEXT]


def test_the_days_of_the_next_door_shop_are_its_own(rosa, shop):
    other = make_shop("Zed's Flowers")
    DayOff.objects.create(shop=other, day=NEXT)
    rosa.post(WORK, {"day": NEXT})
    assert off(other) == [NEXT]
    assert "Friday, November 27" not in text(rosa.get(CALENDAR))


def test_a_page_of_days_off_costs_the_same_for_one_and_for_fifty(
    rosa, shop, django_assert_max_num_queries
):
    DayOff.objects.bulk_create(
        DayOff(shop=shop, day=NEXT + dt.timedelta(days=number)) for number in range(50)
    )
    give(shop, {NEXT: 2})
    with django_assert_max_num_queries(6) as found:
        rosa.get(CALENDAR)
    many = len(found)
    DayOff.objects.exclude(day=NEXT).delete()
    with django_assert_max_num_queries(6) as found:
        rosa.get(CALENDAR)
    assert len(found) == many


def test_staff_see_a_stations_week_and_whom_to_call(olga, shop):
    give(shop, weeks(8, 20))
    full = make_shop("Zed's Flowers", daily_cap=9)
    give(full, weeks(8, 9))
    closed = make_shop("Wanda's Bakery")
    give(closed, weeks(8, 5) | {DAY + dt.timedelta(days=1): 4})
    DayOff.objects.create(shop=closed, day=DAY + dt.timedelta(days=1))

    words = text(olga.get(STATION)).replace("&#x27;", "'")

    assert re.search(r"Sat Nov 21 34 \(\d+–\d+\) 59 2 1 4 4 packages to move", words)
    shops = words[words.index("Saturday, November 21") :]
    assert re.search(
        r"Wanda's Bakery none 50 4 4 packages to move Day off"
        r" Zed's Flowers 9 \(\d+–9\) 9 0 May be full Rosa's Bodega 20",
        shops,
    )
    monday = text(olga.get(STATION, {"day": "2026-11-23"})).replace("&#x27;", "'")
    assert re.search(r"Monday, November 23 .* Wanda's Bakery 5", monday)


def test_a_list_that_may_not_fit_is_marked(olga, shop):
    give(shop, weeks(8, 40))
    Shop.objects.update(daily_cap=30)
    assert "May not fit" in text(olga.get(STATION))


@pytest.mark.parametrize("day", ["", "never", "2020-01-01"])
def test_a_day_that_is_not_ahead_shows_tomorrow(olga, shop, day):
    assert "Saturday, November 21" in text(olga.get(STATION, {"day": day}))


def test_a_station_without_shops_or_past_says_so(olga):
    make_station()
    assert "The station has no live shop." in text(olga.get(STATION))
    assert olga.get("/ops/forecast/NOPE/").status_code == 404


def test_a_stations_week_costs_the_same_for_one_shop_and_for_fifty(
    olga, shop, django_assert_max_num_queries
):
    give(shop, weeks(2))
    with django_assert_max_num_queries(8) as found:
        olga.get(STATION)
    few = len(found)
    for number in range(49):
        make_shop(f"Shop {number}")
    with django_assert_max_num_queries(8) as found:
        olga.get(STATION)
    assert len(found) == few


CAPS, REST, LEAVE = "/shop/calendar/caps/", "/shop/pause/", "/shop/leave/"


def test_fewer_packages_on_a_weekday_are_saved_from_the_first_open_day(rosa, shop):
    words = text(rosa.post(CAPS, {"day_5": "20"}, follow=True))
    assert "Saved. It holds from Saturday, November 21 on." in words
    assert shop.weekday_caps.get().cap == 20
    assert "Nothing was changed." in text(rosa.post(CAPS, {"day_5": "20"}, follow=True))
    assert "Thursday, November 26, 2026: Thanksgiving" in text(rosa.get(CALENDAR))


def test_what_is_planned_beyond_a_new_cap_is_said_before_it_is_saved(rosa, shop):
    give(shop, {NEXT: 20})
    words = text(rosa.post(CAPS, {"day_5": "15"}))
    assert "Friday, November 27: 20 planned, 15 from now on" in words
    assert not shop.weekday_caps.exists()
    text(rosa.post(CAPS, {"day_5": "15", "understood": "1"}, follow=True))
    assert shop.weekday_caps.get().cap == 15


@pytest.mark.parametrize("number", ["0", "51", "many"])
def test_a_cap_that_can_not_be_is_refused(rosa, shop, number):
    assert rosa.post(CAPS, {"day_5": number}).status_code == 422
    assert not shop.weekday_caps.exists()


def test_a_shop_pauses_and_comes_back(rosa, shop):
    words = text(rosa.post(f"{REST}begin/", {"first_day": NEXT}, follow=True))
    assert "No packages from Friday, November 27 on, until you end the pause." in words
    words = text(rosa.post(f"{REST}end/", follow=True))
    assert "Your pause is taken back." in words
    assert "No pause is planned or running." in text(rosa.post(f"{REST}end/", follow=True))


def test_what_is_planned_for_a_pause_is_said_before(rosa, shop):
    give(shop, {NEXT: 7})
    told = {"first_day": NEXT, "last_day": NEXT, "reason": "Fair"}
    words = text(rosa.post(f"{REST}begin/", told))
    assert "7 packages are planned for you on these days" in words
    assert not shop.pauses.exists()
    rosa.post(f"{REST}begin/", told | {"understood": "1"})
    assert shop.pauses.get().reason == "Fair"


def test_a_pause_keeps_the_cut_off(rosa, shop):
    assert "could be changed until" in text(rosa.post(f"{REST}begin/", {"first_day": DAY}), 422)
    assert not shop.pauses.exists()


def test_an_owner_leaves_as_easily_as_she_joined_and_may_stay(rosa, shop):
    words = text(rosa.get(LEAVE))
    assert "It costs nothing, and you need not say why." in words
    assert "The earliest last day is Friday, November 20." in words
    assert rosa.post(LEAVE, {"last_day": NEXT}).status_code == 302  # who is she, once more
    assert not shop.leavings.exists()
    show_again(rosa)
    words = text(rosa.post(LEAVE, {"last_day": NEXT, "reason": "time"}, follow=True))
    assert "Your last packages come on Friday, November 27." in words
    assert "Nothing is left to deliver" not in words
    words = text(rosa.get("/shop/statements/final/"))
    assert "You still get packages until Friday, November 27." in words
    assert "within the hour" not in words
    words = text(rosa.post("/shop/leave/stay/", follow=True))
    assert "You stay. We are glad." in words


def test_staff_read_who_leaves_and_why(client, shop):
    ask_to_leave(shop=shop, last_day=NEXT, at=MORNING, by=None, reason="pay", words="Too little")
    client.force_login(make_staff("Olga", "support"))
    words = text(client.get("/ops/shops/"))
    assert "It pays too little Too little" in words
    assert "Last packages on" in words


def test_a_number_beyond_the_cap_is_refused_in_our_words(rosa):
    words = text(rosa.post("/shop/calendar/caps/", {"day_1": "500"}), 422)
    assert "Enter a number from 1 to 50." in words
    assert "Ensure this value" not in words


def test_reasons_are_optional_once(rosa):
    for page in (REST, LEAVE):
        assert "(optional) (optional)" not in text(rosa.get(page))


def test_days_on_which_nobody_works_are_said_so(rosa, shop):
    shop.weekdays = "12345"
    shop.save()
    sunday = dt.date(2026, 11, 29)
    words = "You don't work on these days anyway."
    assert words in html.unescape(text(take(rosa, sunday)))
