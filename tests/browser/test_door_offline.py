"""A phone without a signal: nothing is lost, nothing counts twice, and the badge tells the truth.

`DOOR_KILLS=200` makes the campaign of killed phones longer.
"""

import datetime as dt
import io
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from hubshops.deliveries.models import DayClose, Delivery, Device, Proof, ProofRule
from hubshops.deliveries.views import application
from hubshops.drops.models import HandoverRemark
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from hubshops.shops.actions import end_membership
from kernel import clock
from tests.browser.at_the_door import (
    all_saved,
    badge,
    deliver,
    done,
    installed,
    make_drop,
    say_label,
    states,
    tick,
)
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.factories import ZONE, make_member, make_package, make_shop
from tests.left_out import chromium

pytestmark = pytest.mark.browser
KILLS = int(os.environ.get("DOOR_KILLS", "4"))
SYNC, MANIFEST, PROOFS = "**/api/v1/door/sync", "**/api/v1/door/manifest", "**/door/proofs/**"
DOOR_TARGET = 64


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam Ode", "helper", email="sam@shop.test")


@pytest.fixture
def drop(shop) -> list[Package]:
    """Five packages with the shop: two of them for one door."""
    return make_drop(shop, state=State.AT_SHOP)


NO_BACKGROUND_SYNC = (
    "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', {get: () => undefined});"
)


@pytest.fixture
def door(page: Page, live_server, sign_in, sam, drop) -> Page:
    """Sam's phone with today's list on it, ready to lose its signal. As on an iPhone, only the open
    page sends, so that what a test puts in its way is met."""
    page.add_init_script(NO_BACKGROUND_SYNC)
    sign_in(page, sam)
    open_door(page, live_server)
    installed(page)
    return page


def open_door(page: Page, live_server, screen: str = "") -> None:
    """Open the door as from the home screen."""
    page.goto(f"{live_server.url}/shop/door/{screen}")
    expect(page.locator("#door-screen h1")).to_be_attached()


def picture(side: int = 900, noise: bool = True) -> dict:
    """A photo as a phone's camera would hand it over."""
    image = (
        Image.effect_noise((side, side), 90).convert("RGB")
        if noise
        else Image.new("RGB", (side, side), "gray")
    )
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=95)
    return {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def events(kind: str) -> int:
    return PackageEvent.objects.filter(kind=kind).count()


# --- Without a signal ----------------------------------------------------------------------------


def test_a_day_without_a_signal_arrives_once_it_is_back(door: Page, live_server, drop):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    say_label(door, drop[0])
    say_label(door, drop[1])
    deliver(door, "Delivered, all 2")
    expect(tick(door)).to_contain_text("Delivered, 2 packages.")
    expect(badge(door)).to_have_text("2 on this phone")

    # Closed and opened again, still without a signal.
    door.reload()
    expect(door.get_by_role("heading", name="7 Oak St")).to_be_visible()
    door.get_by_role("link", name="Could not deliver").click()
    door.get_by_role("link", name="They refused it").click()
    door.get_by_role("button", name="Yes, save this").click()
    expect(badge(door)).to_have_text("3 on this phone")
    again = door.context.new_page()
    door.close()
    open_door(again, live_server)
    expect(again.get_by_role("progressbar", name="2 of 5 delivered")).to_be_visible()
    expect(again.get_by_text("This list is from")).to_be_visible()
    assert events("delivered") == 0

    again.context.set_offline(False)
    all_saved(again)
    assert states(drop) == [
        State.DELIVERED,
        State.DELIVERED,
        State.RETURN_PENDING,
        State.AT_SHOP,
        State.AT_SHOP,
    ]
    assert (events("delivered"), events("attempted")) == (2, 1)


def test_a_stop_takes_one_tap_after_the_scan_and_three_with_a_photo(door: Page, drop):
    """The place is remembered, so what is left is Done; a photo adds its button and its shutter."""
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    door.context.set_offline(True)
    say_label(door, drop[2])
    done(door)
    expect(tick(door)).to_contain_text("7 Oak St")
    say_label(door, drop[3])
    with door.expect_file_chooser() as asked:
        door.locator("input[type=file]").click()
    asked.value.set_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    done(door)
    expect(tick(door)).to_contain_text("130 Cedar St")


def test_a_photo_follows_its_act_and_shows_all_packages_of_a_door(door: Page, live_server, drop):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    deliver(door, "Delivered, all 2")
    expect(badge(door)).to_have_text("2 on this phone")
    door.context.set_offline(False)
    all_saved(door)
    first, second = PackageEvent.objects.filter(kind="delivered").order_by("device_sequence")
    assert second.proof_id == first.act_id
    assert proofs_of(first.act_id) == 1
    assert door.evaluate("async () => (await door.store.photos()).map((one) => one.blob)") == [None]


def proofs_of(act_id) -> int:
    return Proof.objects.filter(act_id=act_id).count()


def test_the_portal_hears_that_no_photo_waits_any_more(door: Page, drop):
    door.get_by_role("link", name="To this door").click()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    with door.expect_response(PROOFS):
        deliver(door, "Delivered, all 2")
    with door.expect_response(SYNC):
        pass
    all_saved(door)
    assert list(Device.objects.values_list("unsent", "unsent_photos")) == [(0, 0)]


def test_the_wrong_package_is_a_stop_sign_with_its_door(door: Page, sound, drop):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    say_label(door, drop[3])
    sign = door.get_by_role("heading", name="Stop. This package is for another door.")
    expect(sign).to_be_focused()
    expect(door.get_by_text("130")).to_be_visible()
    door.complaints.clear()
    sound(door, DOOR_TARGET)
    door.get_by_role("link", name="Back to this stop").click()
    door.get_by_label("Or type the number on the label").fill("NOBODY-KNOWS")
    door.keyboard.press("Enter")
    expect(door.get_by_role("heading", name="Stop. This is not on today's list.")).to_be_visible()
    door.go_back()
    expect(door.get_by_role("heading", name="412 Franklin Ave")).to_be_visible()


def test_what_never_left_the_phone_is_taken_back_without_a_trace(door: Page, drop):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    door.get_by_role("button", name="Undo").click()
    expect(badge(door)).to_have_text("All saved")
    door.context.set_offline(False)
    expect(door.get_by_role("heading", name="412 Franklin Ave")).to_be_visible()
    assert events("delivered") == 0


def test_a_photo_that_shows_two_packages_stays_when_one_is_taken_back(
    door: Page, live_server, drop
):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    deliver(door, "Delivered, all 2")
    open_door(door, live_server, "#/done")
    first = door.evaluate("() => door.acts[0].item.tracking_id")
    door.get_by_role("button", name=f"Undo …{first[-4:]}").click()
    expect(badge(door)).to_have_text("1 on this phone")
    door.context.set_offline(False)
    all_saved(door)
    assert proofs_of(PackageEvent.objects.get(kind="delivered").proof_id) == 1


def test_what_may_have_left_it_is_corrected_and_nothing_is_overwritten(door: Page, drop):
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    all_saved(door)
    door.context.set_offline(True)
    door.get_by_role("button", name="Undo").click()
    expect(badge(door)).to_have_text("2 on this phone")
    door.context.set_offline(False)
    all_saved(door)
    assert states(drop)[:2] == [State.AT_SHOP] * 2
    assert (events("delivered"), events("amended")) == (2, 2)
    assert not Delivery.objects.standing().exists()


def test_several_of_a_door_are_delivered_and_the_rest_stays(door: Page, drop):
    door.get_by_role("link", name="To this door").click()
    say_label(door, drop[1])
    deliver(door, "Delivered, 1 of 2")
    expect(tick(door)).to_contain_text("412 Franklin Ave")
    expect(door.get_by_role("heading", name="412 Franklin Ave")).to_be_visible()
    all_saved(door)
    assert states(drop)[:2] == [State.AT_SHOP, State.DELIVERED]


# --- Answers that don't come ---------------------------------------------------------------------


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


def test_the_session_ends_and_another_of_the_shop_sends_it_under_the_makers_name(
    door: Page, live_server, sign_in, shop, sam, drop
):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    Session.objects.all().delete()
    door.context.set_offline(False)
    expect(badge(door)).to_have_text("Sign in to send 2")
    # The day goes on meanwhile.
    done(door)
    expect(badge(door)).to_have_text("Sign in to send 3")

    rosa = make_member(shop, "Rosa")
    sign_in(door, rosa)
    open_door(door, live_server)
    all_saved(door)
    made = PackageEvent.objects.filter(kind="delivered").values_list("by", flat=True)
    assert list(made) == [sam.pk] * 3
    door.get_by_role("link", name="To this door").click()
    done(door)
    all_saved(door)
    assert PackageEvent.objects.filter(kind="delivered", by=rosa).count() == 1


def test_acts_of_one_shop_never_go_out_for_another(door: Page, live_server, sign_in, sam, drop):
    """Sam's work waits; the owner of the shop next door signs in on the same phone."""
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    door.context.clear_cookies()
    door.context.set_offline(False)
    zed = make_member(make_shop("Zed's Flowers"), "Zed")
    sign_in(door, zed)
    open_door(door, live_server)
    expect(door.get_by_text("No packages today")).to_be_visible()
    expect(door.get_by_text("412")).to_have_count(0)
    open_door(door, live_server, "#/phone")
    expect(door.get_by_text("2 of another shop wait here")).to_be_visible()
    assert events("delivered") == 0
    door.context.clear_cookies()
    sign_in(door, sam)
    open_door(door, live_server, "#/")
    all_saved(door)
    assert events("delivered") == 2


@pytest.mark.parametrize("is_offline", [False, True])
def test_the_list_of_a_shop_is_never_shown_to_another_however_slow_the_network_is(
    door: Page, live_server, sign_in, sound, drop, is_offline
):
    door.context.clear_cookies()
    zed = make_member(make_shop("Zed's Flowers"), "Zed")
    door.route(MANIFEST, lambda route: None)  # an answer that does not come
    sign_in(door, zed)
    door.context.set_offline(is_offline)
    for screen in ("#/", "#/done", "#/phone", f"#/stop/{drop[0].tracking_id}"):
        open_door(door, live_server, screen)
        expect(door.get_by_text("Looking who is here…")).to_be_visible()
    door.wait_for_timeout(4500)  # what once showed the list
    expect(door.get_by_text("Looking who is here…")).to_be_visible()
    expect(door.get_by_text(re.compile("412|Franklin|Oak St|Sam"))).to_have_count(0)
    door.complaints.clear()
    sound(door, DOOR_TARGET)
    door.unroute(MANIFEST)
    door.context.set_offline(False)
    door.get_by_role("button", name="Try again").click()
    expect(door.get_by_text("No packages today")).to_be_visible()


def test_the_same_person_has_her_list_at_once_without_a_signal(door: Page, live_server, drop):
    door.context.set_offline(True)
    open_door(door, live_server)
    expect(door.get_by_role("progressbar", name="0 of 5 delivered")).to_be_visible(timeout=2_000)


def test_a_closing_and_a_photo_say_for_which_shop_they_are(door: Page, live_server, shop, drop):
    """The session became another shop's between two calls: both wait, and nothing is refused."""
    said: list[object] = []
    no = {"title": "Conflict", "detail": "Of another shop.", "code": "another_shops"}

    def refuse(route: Route) -> None:
        body = route.request.post_data if route.request.method == "POST" else None
        said.append(json.loads(body)["shop"] if body else route.request.url.split("shop=")[1])
        route.fulfill(status=409, json=no)

    door.route("**/api/v1/door/close", refuse)
    open_door(door, live_server, "#/close")
    with door.expect_response("**/api/v1/door/close"):
        door.get_by_role("button", name="Close the day").click()
    expect(badge(door)).to_have_text("Sign in to send 1")
    door.unroute("**/api/v1/door/close")
    door.evaluate("() => door.sync.run()")
    all_saved(door)
    door.route(PROOFS, refuse)
    open_door(door, live_server, "#/")
    door.get_by_role("link", name="To this door").click()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    with door.expect_response(PROOFS):
        deliver(door, "Delivered, all 2")
    door.unroute(PROOFS)
    door.evaluate("() => door.sync.run()")
    all_saved(door)
    assert said == [shop.pk, str(shop.pk)]
    assert (DayClose.objects.count(), Proof.objects.count()) == (1, 1)


def test_who_was_removed_sees_no_list_any_more_and_loses_no_work(
    door: Page, live_server, sign_in, shop, sam, drop
):
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    rosa = make_member(shop, "Rosa")
    end_membership(shop=shop, membership_id=sam.memberships.get().pk, at=clock.now(), by=rosa)
    door.context.set_offline(False)
    expect(badge(door)).to_have_text("Sign in to send 2")
    told = door.evaluate(
        "async () => (await door.store.db.getAll('manifests')).flatMap((one) => one.packages)"
        ".filter((one) => one.address1).map((one) => one.tracking_id)"
    )
    assert sorted(told) == sorted(one.tracking_id for one in drop[:2])
    door.context.clear_cookies()
    sign_in(door, rosa)
    open_door(door, live_server, "#/")
    all_saved(door)
    assert PackageEvent.objects.filter(kind="delivered", by=sam).count() == 2


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


def test_signing_out_takes_names_off_the_phone_and_keeps_what_was_not_sent(
    door: Page, live_server, drop
):
    door.route(SYNC, lambda route: route.abort())
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    open_door(door, live_server, "#/phone")
    expect(door.get_by_text("2 are not sent yet.")).to_be_visible()
    door.get_by_role("link", name="Sign out").click()
    expect(door.get_by_text("Not everything on this phone is sent yet.")).to_be_visible()
    door.get_by_role("button", name="Sign out").click()
    expect(door).to_have_url(f"{live_server.url}/")
    kept = door.evaluate(
        """() => new Promise((done) => {
            const asked = indexedDB.open('hub-door');
            asked.onsuccess = () => {
                const all = asked.result.transaction(['acts', 'manifests']);
                const acts = all.objectStore('acts').getAll();
                const lists = all.objectStore('manifests').getAll();
                all.oncomplete = () => done([acts.result.length, lists.result.flatMap((one) =>
                    one.packages).filter((one) => one.name).length]);
            };
        })"""
    )
    assert kept == [2, 2]
    open_door(door, live_server, "#/phone")
    assert "Sam" not in door.evaluate(
        "async () => JSON.stringify(await door.store.meta('session'))"
    )


# --- Room, proof, and the shell ------------------------------------------------------------------


# What a full phone does: it says so when asked, and ends a write that brings a picture.
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (row, ...rest) {
    if (this.name === "photos") this.transaction.abort();
    return put.call(this, row, ...rest);
};
navigator.storage.estimate = async () => ({quota: 1_000_000, usage: 999_000});
"""


def test_without_room_for_the_photo_the_delivery_is_kept_all_the_same(door: Page, drop):
    door.add_init_script(FULL)
    door.reload()
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    expect(door.get_by_text("This phone is almost full")).to_be_visible()
    door.locator("input[type=file]").set_input_files(picture())
    expect(door.get_by_text("Take it again")).to_be_visible()
    deliver(door, "Delivered, all 2")
    expect(tick(door)).to_contain_text("Saved without the photo")
    expect(badge(door)).to_have_text("2 on this phone")
    door.context.set_offline(False)
    all_saved(door)
    assert events("delivered") == 2


def test_what_is_needed_stops_the_phone_and_what_is_asked_takes_a_word(
    page: Page, live_server, sign_in, sound, shop, sam, drop
):
    for kind, level in (("photo", "warn"), ("code", "required")):
        ProofRule.objects.create(station=shop.station, kind=kind, level=level)
    sign_in(page, sam)
    open_door(page, live_server)
    page.get_by_role("link", name="To this door").click()
    page.get_by_text("Front door").click()
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no photo yet")
    page.complaints.clear()
    sound(page, DOOR_TARGET)
    page.get_by_label("Why without a photo?").fill("Camera broken")
    page.get_by_role("button", name="Go on without it").click()
    expect(page.get_by_role("alert")).to_contain_text("This package needs the recipient's code.")
    page.get_by_label("The recipient's code, 6 digits").fill("123456")
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("alert")).to_contain_text("This code has a slip in it.")
    assert events("delivered") == 0


def test_the_worker_keeps_the_shell_and_no_page_with_names(door: Page, live_server, drop):
    kept = door.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const one of await cache.keys()) {
                    const text = await (await cache.match(one, {ignoreVary: true})).clone().text();
                    texts.push([new URL(one.url).pathname, text.slice(0, 200000)]);
                }
            }
            return texts;
        }"""
    )
    paths = [path for path, _ in kept]
    assert "/shop/door/shell/" in paths
    assert all(path.startswith("/static/") or path == "/shop/door/shell/" for path in paths)
    private = ("Ines", "Franklin", "Rosa", "Sam Ode", drop[0].tracking_id)
    assert not [path for path, text in kept if any(word in text for word in private)]


def test_a_new_version_is_offered_at_the_next_visit_and_not_before(
    door: Page, live_server, monkeypatch
):
    door.reload()
    expect(door.get_by_text("A new version is ready")).to_have_count(0)
    monkeypatch.setattr(application, "files_digest", lambda: "other bytes")
    door.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    door.wait_for_function(
        "() => navigator.serviceWorker.getRegistration('/shop/door/').then((one) => !!one.waiting)"
    )
    expect(door.get_by_text("A new version is ready")).to_have_count(0)
    door.reload()
    expect(door.get_by_text("A new version is ready")).to_be_visible()
    with door.expect_navigation():
        door.get_by_role("button", name="Use it").click()
    expect(door.get_by_role("heading", name="Door", exact=True)).to_be_visible()
    names = door.evaluate("async () => (await caches.keys()).length")
    assert names == 1


NO_WORKER = (
    "Object.defineProperty(ServiceWorkerContainer.prototype, 'register',"
    " {value: async () => { throw new TypeError('no signal for the worker'); }});"
)


def test_the_door_works_where_its_worker_does_not_come(page: Page, live_server, sign_in, sam, drop):
    page.add_init_script(NO_WORKER)
    sign_in(page, sam)
    with page.expect_console_message(lambda one: "no signal for the worker" in one.text):
        open_door(page, live_server)
    page.get_by_role("link", name="To this door").click()
    expect(page.get_by_role("heading", name="412 Franklin Ave")).to_be_visible()


def test_two_tabs_keep_each_others_remarks_and_the_badge_counts_them(door: Page, live_server, drop):
    Package.objects.filter(pk__in=[one.pk for one in drop]).update(state=State.MANIFESTED)
    door.evaluate("() => door.sync.getManifest()")
    second = door.context.new_page()
    for tab, one in ((door, drop[0]), (second, drop[1])):
        open_door(tab, live_server, f"#/remark/{one.tracking_id}")
    for tab in (door, second):
        tab.get_by_text("On the list, but not here").click()
        tab.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("button", name="Take back")).not_to_have_count(0)
    expect(badge(second)).to_have_text("2 on this phone")
    assert second.evaluate("() => door.drop.remarks.length") == 2


def test_lists_of_days_that_are_over_leave_the_phone(door: Page, live_server, drop):
    door.context.set_offline(True)
    gone = dt.datetime.now(dt.UTC) + dt.timedelta(hours=40)
    door.evaluate("(at) => door.store.tidy(at)", gone.timestamp() * 1000)
    assert door.evaluate("async () => (await door.store.db.getAll('manifests')).length") == 0


@pytest.mark.parametrize("screen", ["", "#/count", "#/drop", "#/close", "#/phone", "#/returns"])
def test_every_screen_is_sound(page: Page, live_server, sign_in, sound, shop, sam, screen):
    make_drop(shop)
    sign_in(page, sam)
    open_door(page, live_server, screen)
    page.wait_for_load_state("networkidle")
    page.complaints.clear()
    sound(page, DOOR_TARGET)


# --- Phones that die -----------------------------------------------------------------------------


class Phone:
    """A phone with a memory of its own, that can be killed like a phone whose battery ends."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.playwright, self.folder = playwright, folder
        self.context: BrowserContext | None = None

    def on(self, *, offline: bool) -> Page:
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium(),
            args=CHROMIUM_FLAGS,
            viewport={"width": 390, "height": 844},
            locale="en-US",
            reduced_motion="reduce",
        )
        self.context.set_offline(offline)
        page = self.context.pages[0]
        page.set_default_timeout(15_000)
        return page

    def kill(self) -> None:
        """`kill -9` of this browser and of nothing else: its folder is in its command line."""
        for process in processes_of(self.folder):
            os.kill(process, signal.SIGKILL)
        self.context = None
        while processes_of(self.folder):
            time.sleep(0.05)

    def off(self) -> None:
        if self.context:
            self.context.close()


def processes_of(folder: Path) -> list[int]:
    """The processes that were started with this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            state = (entry / "stat").read_text().rsplit(")", 1)[-1].split()[0] if words else "Z"
        except OSError:
            continue
        if str(folder).encode() in words and state != "Z":
            found.append(int(entry.name))
    return found


@pytest.fixture
def phone(playwright, tmp_path) -> Iterator[Phone]:
    one = Phone(playwright, tmp_path / "phone")
    yield one
    one.off()


def test_a_phone_that_is_killed_after_each_step_loses_no_tick(
    phone: Phone, live_server, sign_in, shop, sam
):
    """Delivered, photographed, not delivered: each was on the phone when its tick was shown."""
    drop = make_drop(shop, [f"{number} Oak St" for number in range(1, KILLS + 1)], State.AT_SHOP)
    page = phone.on(offline=False)
    sign_in(page, sam)
    open_door(page, live_server)
    installed(page)
    expected = []
    for step in range(KILLS):
        phone.kill()
        page = phone.on(offline=True)
        open_door(page, live_server)
        page.get_by_role("link", name="To this door").click()
        if step % 3 == 2:
            page.get_by_role("link", name="Could not deliver").click()
            page.get_by_role("link", name="They refused it").click()
            page.get_by_role("button", name="Yes, save this").click()
        else:
            if step % 3 == 1:
                page.locator("input[type=file]").set_input_files(picture(600))
                expect(page.get_by_text("Take it again")).to_be_visible()
            deliver(page)
        expect(tick(page)).to_contain_text(drop[step].address1)
        expected.append(State.RETURN_PENDING if step % 3 == 2 else State.DELIVERED)
    phone.kill()

    page = phone.on(offline=True)
    open_door(page, live_server)
    expect(badge(page)).to_have_text(re.compile(f"{KILLS} on this phone|Sign in to send {KILLS}"))
    # A browser writes its cookies down every half minute: who is signed in may be lost, no act is.
    page.context.set_offline(False)
    sign_in(page, sam)
    open_door(page, live_server)
    all_saved(page)
    assert states(drop) == expected
    assert events("delivered") + events("attempted") == KILLS
    photos = sum(step % 3 == 1 for step in range(KILLS))
    assert Proof.objects.count() == photos
