"""Who is signed in on a phone, and who is no more: work goes out under the name of whom it is by,
and nobody sees what is not hers."""

import datetime as dt
import json
import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from hubshops.deliveries.models import DayClose, Proof
from hubshops.packages.models import PackageEvent
from hubshops.shops.actions import end_membership
from kernel import clock
from tests.browser.at_the_door import (
    DOOR_TARGET,
    MANIFEST,
    PROOFS,
    SYNC,
    all_saved,
    badge,
    deliver,
    done,
    events,
    open_door,
    picture,
)
from tests.factories import PASSWORD, make_member, make_shop

pytestmark = pytest.mark.browser


def test_the_session_ends_and_another_of_the_shop_sends_it_under_the_makers_name(
    door: Page, live_server, sign_in_by_form, shop, sam, drop
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
    sign_in_by_form(door, rosa)
    open_door(door, live_server)
    all_saved(door)
    made = PackageEvent.objects.filter(kind="delivered").values_list("by", flat=True)
    assert list(made) == [sam.pk] * 3
    door.get_by_role("link", name="To this door").click()
    done(door)
    all_saved(door)
    assert PackageEvent.objects.filter(kind="delivered", by=rosa).count() == 1


def test_a_phone_that_lost_its_cookies_leaves_a_sign_in_form_its_token(
    door: Page, live_server, sign_in_by_form, sam, drop
):
    """A token that came while the form is open would have the portal refuse the form."""
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    door.context.clear_cookies()
    door.context.set_offline(False)
    expect(badge(door)).to_have_text("Sign in to send 2")
    assert "csrftoken" not in cookies(door), "the phone asked for one"
    form = door.context.new_page()
    form.goto(f"{live_server.url}/account/login/")
    drawn_with = cookies(door)["csrftoken"]
    door.evaluate("() => door.sync.run()")
    assert cookies(door)["csrftoken"] == drawn_with
    form.get_by_label("E-mail").fill(sam.email)
    form.get_by_label("Password").fill(PASSWORD)
    form.locator("main").get_by_role("button", name="Sign in").click()
    expect(form).not_to_have_url(f"{live_server.url}/account/login/")
    open_door(form, live_server)
    all_saved(form)
    assert events("delivered") == 2


def test_a_phone_that_lost_its_token_alone_gets_another(door: Page, drop):
    door.context.clear_cookies(name="csrftoken")
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    all_saved(door)
    assert events("delivered") == 2


def cookies(page: Page) -> dict[str, str]:
    return {one["name"]: one["value"] for one in page.context.cookies()}


def test_acts_of_one_shop_never_go_out_for_another(
    door: Page, live_server, sign_in_by_form, sam, drop
):
    """Sam's work waits; the owner of the shop next door signs in on the same phone."""
    door.context.set_offline(True)
    door.get_by_role("link", name="To this door").click()
    deliver(door, "Delivered, all 2")
    door.context.clear_cookies()
    door.context.set_offline(False)
    zed = make_member(make_shop("Zed's Flowers"), "Zed")
    sign_in_by_form(door, zed)
    open_door(door, live_server)
    expect(door.get_by_text("No packages today")).to_be_visible()
    expect(door.get_by_text("412")).to_have_count(0)
    open_door(door, live_server, "#/phone")
    expect(door.get_by_text("2 of another shop wait here")).to_be_visible()
    assert events("delivered") == 0
    door.context.clear_cookies()
    sign_in_by_form(door, sam)
    open_door(door, live_server, "#/")
    all_saved(door)
    assert events("delivered") == 2


def test_who_was_removed_sees_no_list_any_more_and_loses_no_work(
    door: Page, live_server, sign_in_by_form, shop, sam, drop
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
    sign_in_by_form(door, rosa)
    open_door(door, live_server, "#/")
    all_saved(door)
    assert PackageEvent.objects.filter(kind="delivered", by=sam).count() == 2


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


def test_lists_of_days_that_are_over_leave_the_phone(door: Page, live_server, drop):
    door.context.set_offline(True)
    gone = dt.datetime.now(dt.UTC) + dt.timedelta(hours=40)
    door.evaluate("(at) => door.store.tidy(at)", gone.timestamp() * 1000)
    assert door.evaluate("async () => (await door.store.db.getAll('manifests')).length") == 0


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
