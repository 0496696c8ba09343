"""The application itself: its room, its versions, its tabs, and every screen of it."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.deliveries.models import ProofRule
from hubshops.deliveries.views import application
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.browser.at_the_door import (
    DOOR_TARGET,
    all_saved,
    badge,
    deliver,
    events,
    make_drop,
    open_door,
    picture,
    tick,
)

pytestmark = pytest.mark.browser


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


@pytest.mark.parametrize("screen", ["", "#/count", "#/drop", "#/close", "#/phone", "#/returns"])
def test_every_screen_is_sound(page: Page, live_server, sign_in, sound, shop, sam, screen):
    make_drop(shop)
    sign_in(page, sam)
    open_door(page, live_server, screen)
    page.wait_for_load_state("networkidle")
    page.complaints.clear()
    sound(page, DOOR_TARGET)
