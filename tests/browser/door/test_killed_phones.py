"""A phone that dies again and again: each tick it showed was true.

`make campaign` kills it more often (`DOOR_KILLS=200`).
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from hubshops.deliveries.models import Proof
from hubshops.packages.rules import State
from tests.browser.at_the_door import (
    all_saved,
    badge,
    deliver,
    events,
    installed,
    make_drop,
    open_door,
    picture,
    states,
    tick,
)
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.left_out import chromium

pytestmark = pytest.mark.browser
KILLS = int(os.environ.get("DOOR_KILLS", "3"))


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
    phone: Phone, live_server, sign_in_by_form, shop, sam
):
    """Delivered, photographed, not delivered: each was on the phone when its tick was shown."""
    drop = make_drop(shop, [f"{number} Oak St" for number in range(1, KILLS + 1)], State.AT_SHOP)
    page = phone.on(offline=False)
    sign_in_by_form(page, sam)
    open_door(page, live_server)
    installed(page)
    expect(page.get_by_role("link", name="To this door")).to_be_visible()
    expected = []
    for step in range(KILLS):
        phone.kill()
        page = phone.on(offline=True)
        open_door(page, live_server)
        assert kept(page) == (step, photographed(step)), f"after kill {step + 1}"
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
        assert kept(page) == (step + 1, photographed(step + 1)), tick(page).inner_text()
        expected.append(State.RETURN_PENDING if step % 3 == 2 else State.DELIVERED)
    phone.kill()

    page = phone.on(offline=True)
    open_door(page, live_server)
    assert kept(page) == (KILLS, photographed(KILLS))
    # A browser writes its cookies down every half minute: who is signed in may be lost, no act is.
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(badge(page)).to_have_text(f"Sign in to send {KILLS}")
    sign_in_by_form(page, sam)
    open_door(page, live_server)
    all_saved(page, things=KILLS)
    assert states(drop) == expected
    assert events("delivered") + events("attempted") == KILLS
    assert Proof.objects.count() == photographed(KILLS)


def kept(page: Page) -> tuple[int, int]:
    """How many acts and photos the phone's database holds."""
    rows = "async () => Promise.all([door.store.acts(), door.store.photos()])"
    acts, photos = page.evaluate(rows)
    return len(acts), sum(1 for one in photos if one["blob"] is not None)


def photographed(steps: int) -> int:
    """How many of so many steps have a photo."""
    return sum(step % 3 == 1 for step in range(steps))
