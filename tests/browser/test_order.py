"""Sam puts the stops into his order on a phone of 390 px, with a keyboard only, or with a finger;
Rosa prints the list from her browser."""

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from hubshops.manifests.models import ManifestLine
from hubshops.packages.rules import State
from kernel import clock
from tests.factories import ZONE, make_member, make_packages, make_shop

pytestmark = pytest.mark.browser


def published(doors=("1 Oak St", "2 Elm St", "3 Fir St")):
    """A shop with a list for today with these doors, each farther north than the one before."""
    from hubshops.manifests.actions import publish_day

    shop = make_shop()
    now = clock.now()
    day = clock.local_day(now, ZONE)
    for number, street in enumerate(doors, 1):
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
    return shop, day


def test_stops_are_moved_by_keys_and_saved(page: Page, live_server, sign_in, sound):
    shop, day = published()
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
    page.get_by_role("button", name="Move stop 3 up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stop 3 is at position 1 now.")).to_be_attached()
    page.get_by_role("button", name="Save this order").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert ManifestLine.objects.get(package=first).stop == 3
    sound(page)


def drag(page: Page, grip: str, to: str) -> None:
    """Take a stop by its grip and let it go on another one's lower half."""
    start = page.get_by_role("button", name=grip).bounding_box()
    end = page.locator(to).bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 20, end["y"] + end["height"] * 0.9, steps=12)
    page.mouse.up()


def test_a_stop_is_dragged_to_its_place_and_saved(page: Page, live_server, sign_in):
    shop, day = published()
    first = ManifestLine.objects.get(stop=1).package
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/shop/manifests/{day}/order/")

    drag(page, "Move stop 1:", "[data-stop='3']")

    expect(page.get_by_text("Stop 1 is at position 3 now.")).to_be_attached()
    boxes = page.locator(".order-place")
    assert [box.input_value() for box in boxes.all()] == ["1", "2", "3"]
    assert boxes.last.get_attribute("name") == "place-1"
    page.get_by_role("button", name="Save this order").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert ManifestLine.objects.get(package=first).stop == 3


def test_a_position_is_typed_and_shown_before_it_is_saved(page: Page, live_server, sign_in):
    shop, day = published()
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/manifests/{day}/order/")
    page.get_by_label("Position of stop 3").fill("1")
    page.get_by_role("button", name="Show the positions I typed").click()
    expect(page.get_by_text("This order is not saved yet.")).to_be_visible()
    expect(page.locator("[data-stop]").first).to_have_attribute("data-stop", "3")
    assert not ManifestLine.objects.filter(manifest__version__gt=1).exists()


def test_the_list_printed_from_a_browser_is_a_sheet_to_carry(page: Page, live_server, sign_in):
    shop, day = published([f"{number} Long Country Road" for number in range(101, 131)])
    sign_in(page, make_member(shop))
    page.goto(f"{live_server.url}/shop/manifests/{day}/")

    sheets = pypdfium2.PdfDocument(page.pdf(format="Letter"))

    assert sheets[0].get_size() == (612, 792)
    texts = [sheet.get_textpage().get_text_range() for sheet in sheets]
    assert "Destroy this paper by" in texts[0]
    for words in ("Earnings", "Sign out", "Open in Maps", "Need help?", "All stops", "Print (PDF)"):
        assert not any(words in text for text in texts)
    for package in ManifestLine.objects.values_list("package__address1", "package__tracking_id"):
        (whole,) = [text for text in texts if package[1] in text]
        assert package[0].split()[0] in whole
    assert f"{len(sheets)} / {len(sheets)}" in texts[-1]
