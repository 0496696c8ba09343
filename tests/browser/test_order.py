"""Sam puts the stops into his order on a phone of 390 px, with a keyboard only."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.manifests.models import ManifestLine
from hubshops.packages.rules import State
from kernel import clock
from tests.factories import ZONE, make_member, make_packages, make_shop

pytestmark = pytest.mark.browser


def test_stops_are_moved_by_keys_and_saved(page: Page, live_server, sign_in, sound):
    from hubshops.manifests.actions import publish_day

    shop = make_shop()
    now = clock.now()
    day = clock.local_day(now, ZONE)
    for number, street in enumerate(["1 Oak St", "2 Elm St", "3 Fir St"], 1):
        make_packages(
            1,
            shop=shop,
            state=State.ASSIGNED,
            day=day,
            at=now,
            address1=street,
            latitude=shop.latitude + number / 1000,
            longitude=shop.longitude,
        )
    publish_day(station=shop.station, service_day=day, at=now)
    first = ManifestLine.objects.get(stop=1).package
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/manifests/{day}/")
    page.get_by_role("link", name="Change the order or share the stops").click()
    page.complaints.clear()
    sound(page)

    page.get_by_role("button", name="Move stop 1: drag, or use the arrow keys").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Stop 1 is at position 3 now.")).to_be_attached()
    expect(page.get_by_role("button", name="Move stop 1:")).to_be_focused()
    page.get_by_role("button", name="Stop 3 one up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stop 3 is at position 1 now.")).to_be_attached()
    page.get_by_role("button", name="Save this order").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert ManifestLine.objects.get(package=first).stop == 3
    sound(page)
