"""The money's pages in a real browser: a payday from draft to paper, and sound to look at."""

import re

import pytest
from playwright.sync_api import Page, expect

from kernel import clock
from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import keep_returns, send_waiting
from payouts.payruns.models import ProviderGap
from payouts.statements.actions import check_books_for_runs, issue_statements
from tests.factories import PASSWORD, make_delivery, make_member, make_shop
from tests.payouts.helpers import earn, make_olga, make_pavel, on_hold
from tests.payouts.providers import test_nacha

pytestmark = pytest.mark.browser


@pytest.fixture
def shop():
    """A shop that delivered on four days and waits for its first payout."""
    shop = make_shop()
    earn(shop, 4)
    make_delivery(shop=make_shop("Rateless Books"))
    accrue_waiting(at=clock.now())
    return shop


def test_a_payday_from_draft_to_paper(page: Page, live_server, sign_in, sound, shop):
    page.set_viewport_size({"width": 1200, "height": 900})
    sign_in(page, make_olga())
    page.goto(f"{live_server.url}/ops/payruns/")
    sound(page)
    page.get_by_label("Pay through").fill("2026-11-20")
    page.get_by_role("button", name="Draft the run").click()
    expect(page.get_by_role("heading", name="Another person approves")).to_be_visible()
    sound(page)
    run_url = page.url

    page.context.clear_cookies()
    sign_in(page, make_pavel())
    page.goto(run_url)
    expect(page.get_by_text("Rateless Books")).to_be_visible()
    expect(page.get_by_role("heading", name="The books are being checked")).to_be_visible()
    sound(page)
    check_books_for_runs(at=clock.now())
    expect(page.get_by_role("heading", name="Approve this run")).to_be_visible(timeout=15_000)
    page.get_by_label("Type the total of this run").fill("1.00")
    page.get_by_role("button", name="Approve").click()
    page.get_by_label("Password").fill(PASSWORD)  # money is let go: who are you, once more
    sound(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You typed $1.00")).to_be_visible()
    page.complaints.clear()  # Chromium notes the 409
    sound(page)
    page.get_by_label("Type the total of this run").fill("7.00")
    page.get_by_role("button", name="Approve").dblclick()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    sound(page)
    send_waiting(at=clock.now())
    issue_statements(at=clock.now())
    page.get_by_role("link", name="Look again").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"PF-\d{4}-00001.csv")).click()
    assert "7.00" in download.value.path().read_text()
    sound(page)
    page.get_by_label("The bank’s reference").fill("BNK-42")
    page.get_by_role("button", name="The bank has it").click()
    expect(page.get_by_role("heading", name="This run is done")).to_be_visible()
    page.get_by_role("link", name="Statements of this run").click()
    sound(page)

    page.context.clear_cookies()
    sign_in(page, make_member(shop, "Rosa"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/shop/statements/")
    expect(page.get_by_text("$7.00").first).to_be_visible()
    sound(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.endswith("-000001.csv")


def test_every_cent_opens_to_its_package(page: Page, live_server, sign_in, sound, shop):
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/earnings/")
    expect(page.locator(".big")).to_have_text("$7.00")
    sound(page)
    page.get_by_role("link", name="Fri Nov 20").click()
    tracking_id = shop.packages.first().tracking_id
    package = page.get_by_role("link", name=tracking_id, exact=True)
    expect(package).to_be_visible()
    sound(page)
    package.click()
    expect(page.get_by_text("There is no photo of this delivery.")).to_be_visible()
    sound(page)
    page.goto(f"{live_server.url}/shop/earnings/hour/")
    page.get_by_label("Minutes a day").fill("60")
    page.get_by_label("Miles a day").fill("0")
    page.get_by_label("Cost of a mile, in cents").fill("0")
    sound(page)
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("heading", name="What an hour brings")).to_be_visible()
    page.goto(f"{live_server.url}/shop/earnings/2026-11-20/")
    page.get_by_role("link", name="Day before").click()
    expect(page.get_by_role("heading", name="No fee was booked on this day")).to_be_visible()
    sound(page)


def test_what_waits_for_a_second_person_is_sound(page: Page, live_server, sign_in, sound, shop):
    olga, at = make_olga(), clock.now()
    on_hold(shop, by=olga, at=at, reason="We ask your bank about the name.")
    pair = test_nacha.entry_back(cents=1), test_nacha.returned("R01", "091000010000001")
    file, _is_new = keep_returns(content=test_nacha.answer(pair), by=olga, at=at)
    gap = {"provider_reference": "tr_1", "cents": 0, "provider_cents": 7, "first_seen_at": at}
    ProviderGap.objects.create(code="unknown_transfer", noted_by=olga, noted_at=at, note="A", **gap)
    sign_in(page, make_pavel())
    for address in ("payout-holds/", "bank-returns/", f"bank-returns/{file.pk}/", ""):
        page.goto(f"{live_server.url}/ops/{address}")
        sound(page)
    page.get_by_text("file of returns to confirm").click()
    expect(page.get_by_role("heading", name="What banks sent back")).to_be_visible()
    page.goto(f"{live_server.url}/ops/stripe/differences/")
    expect(page.get_by_role("button", name="So it is: close it")).to_be_visible()
    sound(page)
    page.context.clear_cookies()
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/payout/")
    expect(page.get_by_text("We ask your bank about the name.")).to_be_visible()
    sound(page)
