"""Answers that are lost, late or a refusal: nothing is lost by them, and nothing counts twice."""

import datetime as dt
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from hubshops.deliveries.models import DayClose, Delivery, Proof
from hubshops.drops.models import HandoverRemark
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from kernel import clock
from tests.browser.at_the_door import (
    DOOR_TARGET,
    NO_BACKGROUND_SYNC,
    PROOFS,
    SYNC,
    all_saved,
    badge,
    deliver,
    events,
    installed,
    make_drop,
    open_door,
    picture,
)
from tests.factories import ZONE, make_package

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


def test_after_midnight_the_phone_closes_yesterday_and_today_stays_open(
    door: Page, live_server, sound, shop, drop
):
    today = clock.local_day(clock.now(), ZONE)
    yesterday = today - dt.timedelta(days=1)
    make_package(shop=shop, state=State.DELIVERED, day=yesterday)
    door.evaluate("() => door.sync.getManifest()")
    open_door(door, live_server, "#/")
    door.get_by_role("link", name="Close yesterday").click()
    expect(door.get_by_text("Yesterday is still open")).to_be_visible()
    sound(door, DOOR_TARGET)
    door.context.set_offline(True)
    door.get_by_role("button", name="Close yesterday").click()
    expect(door.get_by_text("The day is closed on this phone.").first).to_be_visible()
    expect(door.get_by_role("button", name="Close yesterday")).to_have_count(0)
    door.context.set_offline(False)
    all_saved(door)
    closed = DayClose.objects.get()
    assert (closed.day, closed.phone_counts, closed.our_counts["received"]) == (yesterday, {}, 1)
    expect(door.get_by_role("button", name="Close the day")).to_be_visible()
    open_door(door, live_server, "#/")
    expect(door.get_by_role("link", name="Close the day")).to_be_visible()


def test_remarks_of_a_refused_hand_over_are_shown_and_sent_again(
    page: Page, live_server, sign_in, sound, shop, sam
):
    drop = make_drop(shop)
    page.add_init_script(NO_BACKGROUND_SYNC)
    sign_in(page, sam)
    open_door(page, live_server, f"#/remark/{drop[0].tracking_id}")
    installed(page)
    page.get_by_text("Damaged, not taken").click()
    page.locator("input[type=file]").set_input_files(picture())
    expect(page.get_by_text("Take it again")).to_be_visible()
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("One corner is wet")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("#/count$"))
    refusal = {"title": "Unprocessable", "detail": "Something you sent can't be read: number."}
    page.route("**/api/v1/door/drop", lambda route: route.fulfill(status=422, json=refusal))
    open_door(page, live_server, "#/drop")
    page.get_by_role("button", name="Finish", exact=True).click()
    all_saved(page)
    assert not HandoverRemark.objects.exists()
    page.unroute("**/api/v1/door/drop")
    open_door(page, live_server, "#/phone")
    expect(page.get_by_text("Something you sent can't be read: number.")).to_be_visible()
    expect(page.get_by_text("Damaged, not taken: One corner is wet")).to_be_visible()
    page.complaints.clear()
    sound(page, DOOR_TARGET)
    gone = dt.datetime.now(dt.UTC) + dt.timedelta(hours=13)
    page.evaluate("(at) => door.store.tidy(at)", gone.timestamp() * 1000)
    page.get_by_role("button", name="Send these again with a hand-over").click()
    page.get_by_role("button", name="Finish", exact=True).click()
    all_saved(page)
    remark = HandoverRemark.objects.get()
    assert (remark.kind, remark.note) == ("damaged", "One corner is wet")
    assert Proof.objects.get().act_id == remark.pk
    open_door(page, live_server, "#/phone")
    expect(page.get_by_text("The portal did not take this")).to_have_count(0)


@pytest.mark.parametrize("status", [404, 500, 502])
def test_a_photo_that_does_not_get_through_lets_the_others_pass_and_stays(
    door: Page, live_server, sound, drop, status
):
    tried: list[str] = []

    def stop_first(route: Route) -> None:
        tried.append(route.request.url)
        if route.request.url == tried[0]:
            route.fulfill(status=status, json={"title": "No"})
        else:
            route.continue_()

    door.route(PROOFS, stop_first)
    for words in ("Delivered, all 2", "Delivered"):
        door.get_by_role("link", name="To this door").click() if not tried else None
        door.locator("input[type=file]").set_input_files(picture())
        expect(door.get_by_text("Take it again")).to_be_visible()
        with door.expect_response(PROOFS):
            deliver(door, words)
    expect(badge(door)).to_have_text("1 photo on this phone")
    assert Proof.objects.count() == 1
    try_again(door, 3)
    open_door(door, live_server, "#/phone")
    expect(door.get_by_text("1 photo does not get through")).to_be_visible()
    door.complaints.clear()
    sound(door, DOOR_TARGET)
    door.unroute(PROOFS)
    try_again(door)
    all_saved(door)
    assert Proof.objects.count() == 2


TRY_AGAIN = """async (most) => {
    for (let n = 0; n < 50; n += 1) {
        const waiting = (await door.store.photos()).filter((one) => one.state === "waiting");
        if (waiting.every((one) => one.failures >= most)) return;
        for (const one of waiting) await door.store.db.put("photos", {...one, again_at: 0});
        await door.sync.run();
        await new Promise((done) => setTimeout(done, 100));
    }
}"""


def try_again(page: Page, failures: int = 99) -> None:
    """Let photos rest no longer, until none waits or each failed so often."""
    page.evaluate(TRY_AGAIN, failures)
