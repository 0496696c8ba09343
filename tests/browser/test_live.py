"""Pages that stay open: what changes appears by itself, and nobody is thrown off what she does."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.manifests.actions import publish_day
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from kernel import clock
from tests.factories import ZONE, make_member, make_packages, make_shop, make_staff

pytestmark = pytest.mark.browser
LOOK_AGAIN = "() => window.dispatchEvent(new Event('focus'))"


@pytest.fixture
def shop():
    return make_shop()


def fill(shop, count=3, state=State.AT_SHOP, **fields):
    now = clock.now()
    return make_packages(
        count, shop=shop, state=state, day=clock.local_day(now, ZONE), at=now, **fields
    )


def say_delivered(*packages):
    Package.objects.filter(pk__in=[one.pk for one in packages]).update(state=State.DELIVERED)


def test_today_counts_on_by_itself_and_says_so(page: Page, shop, live_server, sound, sign_in):
    first, *_others = fill(shop)
    fill(shop, 1, State.RETURN_PENDING)
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/")
    expect(page.get_by_role("heading", name="Deliver: 3 left of 4")).to_be_visible()
    problem = page.get_by_role("link", name="To give back")
    problem.focus()
    page.evaluate("() => { window.same = document.querySelector('[data-live] .list a') }")

    say_delivered(first)
    page.evaluate(LOOK_AGAIN)

    expect(page.get_by_role("heading", name="Deliver: 2 left of 4")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Deliver: 2 left of 4")).to_have_count(1)
    expect(problem).to_be_focused()
    assert page.evaluate("() => window.same.isConnected"), "what did not change stays in place"
    sound(page)


def test_updating_stops_and_goes_on_when_asked(page: Page, shop, live_server, sign_in):
    first, second, _third = fill(shop)
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/")
    page.get_by_role("button", name="Stop updating").click()
    say_delivered(first)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(LOOK_AGAIN)
    page.wait_for_timeout(300)
    assert not asked
    expect(page.get_by_role("heading", name="Deliver: 3 left of 3")).to_be_visible()
    page.get_by_role("button", name="Go on updating").click()
    expect(page.get_by_role("heading", name="Deliver: 2 left of 3")).to_be_visible()
    say_delivered(second)
    page.evaluate(LOOK_AGAIN)
    expect(page.get_by_role("heading", name="Deliver: 1 left of 3")).to_be_visible()


def test_without_a_connection_the_page_says_that_it_is_old(page: Page, shop, live_server, sign_in):
    first, *_others = fill(shop)
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/")
    stale = page.get_by_text("No answer from the portal")
    expect(stale).to_be_hidden()
    page.context.set_offline(True)
    expect(stale).to_be_visible()
    say_delivered(first)
    page.context.set_offline(False)
    expect(stale).to_be_hidden()
    expect(page.get_by_role("heading", name="Deliver: 2 left of 3")).to_be_visible()


def test_the_list_shows_new_states_and_keeps_what_is_open(
    page: Page, shop, live_server, sound, sign_in
):
    now = clock.now()
    packages = fill(shop, 3, State.ASSIGNED)
    publish_day(station=shop.station, service_day=clock.local_day(now, ZONE), at=now)
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/manifests/{clock.local_day(now, ZONE)}/")
    folds = page.locator("details.stop-maps")
    folds.nth(1).locator("summary").click()
    heard = []
    page.on("response", lambda answer: heard.append(answer.status))
    page.evaluate(LOOK_AGAIN)
    page.wait_for_timeout(300)
    page.evaluate(LOOK_AGAIN)
    page.wait_for_timeout(300)
    assert 304 in heard, "what did not change costs little"

    say_delivered(*packages)
    page.evaluate(LOOK_AGAIN)

    expect(page.locator(".stops").get_by_text("Delivered")).to_have_count(3)
    expect(folds.nth(1)).to_have_attribute("open", "")
    expect(folds.nth(0)).not_to_have_attribute("open", "")
    sound(page)


def test_the_board_is_live_and_a_wall_shows_no_names(page: Page, shop, live_server, sound, sign_in):
    first, *_others = fill(shop)
    sign_in(page, make_staff("Olga", "dispatcher"))
    page.goto(f"{live_server.url}/ops/")
    expect(page.get_by_text("0 of 3")).to_be_visible()
    say_delivered(first)
    page.evaluate(LOOK_AGAIN)
    expect(page.get_by_text("1 of 3")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="For a wall").click()
    expect(page.locator("main").get_by_text(f"#{shop.pk}")).to_be_visible()
    expect(page.locator("main").get_by_text(shop.name)).to_have_count(0)
    sound(page)
