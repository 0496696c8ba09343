"""Answers that are lost, late or a refusal: nothing is lost by them, and nothing counts twice."""

import datetime as dt
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.browser.at_the_door import (
    DOOR_TARGET,
    SYNC,
    all_saved,
    badge,
    deliver,
    events,
    open_door,
    picture,
)

pytestmark = pytest.mark.browser


def test_answers_that_are_lost_after_the_commit_change_nothing(door: Page, drop):
    """The portal wrote it and the phone never heard: the same ids go again and get the same."""
    lost = []

    def cut(route: Route) -> None:
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    door.route(SYNC, cut, times=2)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    expect(badge(door)).to_have_text("2 on this phone")
    send_until(door, lambda: len(lost) == 2)
    assert events("delivered") == 2
    send_now(door)
    all_saved(door)
    assert (len(lost), events("delivered"), Delivery.objects.count()) == (2, 2, 2)


def send_now(page: Page) -> None:
    page.evaluate("() => door.sync.run()")


def send_until(page: Page, is_enough: Callable[[], bool]) -> None:
    """Let the phone try until something was seen."""
    for _ in range(40):
        if is_enough():
            return
        send_now(page)
        page.wait_for_timeout(250)
    raise AssertionError("the phone never tried")


@pytest.mark.parametrize("status", [429, 503])
def test_later_means_later_and_never_lost(door: Page, drop, status):
    asked = []

    def busy(route: Route) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1:
            route.fulfill(status=status, headers={"Retry-After": "3"}, body="{}")
        else:
            route.continue_()

    door.route(SYNC, busy)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    send_until(door, lambda: bool(asked))
    expect(badge(door)).to_have_text("2 on this phone")
    send_now(door)  # a tap in between does not make it sooner
    all_saved(door)
    assert asked[1] - asked[0] >= 3
    assert events("delivered") == 2


def test_what_the_portal_refuses_stays_as_a_problem_until_it_is_read(
    door: Page, live_server, sound, drop
):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    # It went back to the station meanwhile, as another phone told.
    Package.objects.filter(pk=drop[0].pk).update(state=State.RETURNED_TO_STATION)
    door.context.set_offline(False)
    all_saved(door)
    open_door(door, live_server)
    door.locator(".banner").get_by_role("link", name="This phone").click()
    problem = door.get_by_text("The portal did not take this")
    expect(problem).to_be_visible()
    door.complaints.clear()
    sound(door, DOOR_TARGET)
    door.get_by_role("button", name="I have read it").click()
    expect(problem).to_have_count(0)
    assert events("delivered") == 1


def test_a_closing_that_is_refused_stands_in_nothings_way(door: Page, live_server, drop):
    refusal = {"title": "Conflict", "detail": "This day can't be closed any more.", "code": "x"}
    door.route("**/api/v1/door/close", lambda route: route.fulfill(status=409, json=refusal))
    open_door(door, live_server, "#/close")
    door.get_by_role("button", name="Close the day").click()
    open_door(door, live_server)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    all_saved(door)
    assert events("delivered") == 2
    open_door(door, live_server)
    door.locator(".banner").get_by_role("link", name="This phone").click()
    expect(door.get_by_text("This day can't be closed any more.")).to_be_visible()


def test_photos_of_what_the_portal_refused_leave_the_phone(door: Page, drop):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    deliver(door, "Delivered, all 2")
    for one in drop[:2]:
        Package.objects.filter(pk=one.pk).update(state=State.RETURNED_TO_STATION)
    door.context.set_offline(False)
    all_saved(door)
    gone = dt.datetime.now(dt.UTC) + dt.timedelta(hours=13)
    door.evaluate("(at) => door.store.tidy(at)", gone.timestamp() * 1000)
    assert door.evaluate("async () => (await door.store.photos()).length") == 0
