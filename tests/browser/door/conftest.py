"""Sam's phone at the door, with five packages on its list."""

import pytest
from playwright.sync_api import Page

from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.browser.at_the_door import NO_BACKGROUND_SYNC, installed, make_drop, open_door
from tests.factories import make_member, make_shop


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


@pytest.fixture
def door(page: Page, live_server, sign_in, sam, drop) -> Page:
    """Sam's phone with today's list on it, ready to lose its signal. As on an iPhone, only the open
    page sends, so that what a test puts in its way is met."""
    page.add_init_script(NO_BACKGROUND_SYNC)
    sign_in(page, sam)
    open_door(page, live_server)
    installed(page)
    return page
