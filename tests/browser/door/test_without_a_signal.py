"""A phone without a signal: what is done on it is kept, shown and taken back as with one."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.deliveries.models import Delivery, Device, Proof
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from tests.browser.at_the_door import (
    DOOR_TARGET,
    PROOFS,
    SYNC,
    all_saved,
    badge,
    deliver,
    done,
    events,
    open_door,
    picture,
    say_label,
    states,
    tick,
)

pytestmark = [pytest.mark.browser, pytest.mark.suite]


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
