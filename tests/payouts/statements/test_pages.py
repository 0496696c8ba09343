"""A shop's owner sees her own money, down to the package; nobody else does."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import confirm_file, draft_run
from payouts.providers.models import PaymentFile
from payouts.statements.actions import issue_statements
from payouts.statements.documents import statement_csv, statement_pdf
from payouts.statements.models import Statement
from payouts.statements.queries import next_payout, paper_of
from tests.factories import DAY, MORNING, make_delivery, make_member, make_shop, make_staff
from tests.payouts.helpers import LATER, agree, earn, make_olga, make_pavel, pay, void

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop, client):
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    return client


@pytest.fixture
def paid(shop):
    earn(shop, 3)
    olga, pavel = make_olga(), make_pavel()
    pay(olga, pavel)
    issue_statements(at=LATER)
    return Statement.objects.get()


def words(response) -> str:
    """A page's text in one line."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_new_shop_reads_when_the_first_payout_comes(rosa):
    assert "First payout after your first week" in words(rosa.get("/shop/earnings/"))
    assert "No statement yet" in words(rosa.get("/shop/statements/"))


def test_what_comes_next_is_shown_with_what_it_is_made_of(rosa, shop):
    earn(shop, 2, at=MORNING - dt.timedelta(days=1))
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    make_delivery(shop=shop)
    page = words(rosa.get("/shop/earnings/"))
    assert '<p class="big">$5.25</p>' in page
    assert '(final)</dt><dd class="figures">$3.50' in page
    assert "1 package</dd>" in page
    parts = next_payout(shop, today=DAY)
    assert (parts.final_cents, parts.today_cents, parts.packages) == (350, 175, 3)
    assert (parts.waiting_packages, parts.drafted_cents) == (1, 0)


def test_money_in_a_drafted_run_is_still_the_next_payout(rosa, shop):
    earn(shop, 2)
    draft_run(through=DAY, by=make_olga(), at=LATER)
    assert next_payout(shop, today=DAY).drafted_cents == 350
    assert "It is being checked before it leaves" in words(rosa.get("/shop/earnings/"))


def test_a_payment_says_where_it_is(rosa, shop, paid):
    page = words(rosa.get("/shop/earnings/"))
    assert "Sent on Fri Nov 20, at your bank by Tue Nov 24" in page
    assert next_payout(shop, today=DAY).total_cents == 0
    olga = PaymentFile.objects.get()
    confirm_file(file_id=olga.pk, bank_reference="B1", by=make_staff("Kim", "admin"), at=LATER)
    assert "Sent on Fri Nov 20, at your bank on Fri Nov 20" in words(rosa.get("/shop/earnings/"))


def test_a_day_opens_to_its_packages_with_rate_and_payment(rosa, shop, paid):
    page = words(rosa.get(reverse("statements:day", args=[DAY])))
    for delivery in shop.deliveries.select_related("package"):
        assert delivery.package.tracking_id in page
    assert "$1.75" in page
    assert "your own rate" in page
    assert "HD-2026-000001" in page
    assert "$5.25" in page


def test_a_correction_stands_on_the_day_it_was_made_with_its_reason(rosa, shop, paid):
    void(shop.deliveries.first(), at=LATER)
    accrue_waiting(at=LATER)
    page = words(rosa.get(reverse("statements:day", args=[DAY])))
    assert "−$1.75" in page
    assert "Taken back" in page
    assert "Your balance is below zero" in words(rosa.get("/shop/earnings/"))


def test_a_delivery_without_a_fee_is_shown_as_waiting(rosa, shop):
    make_delivery(shop=shop)
    page = words(rosa.get(reverse("statements:day", args=[DAY])))
    assert "fee not booked yet" in page


@pytest.mark.parametrize("day", ["2026-11-01", "2030-01-01"])
def test_a_day_without_fees_says_so(rosa, day):
    assert "No fee was booked on this day" in words(rosa.get(f"/shop/earnings/{day}/"))


@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "9999-12-31", "yesterday"])
def test_a_day_that_is_none_is_no_page(rosa, day):
    assert rosa.get(f"/shop/earnings/{day}/").status_code == 404


ADDRESSES = [
    "/shop/earnings/",
    f"/shop/earnings/{DAY}/",
    "/shop/statements/",
    "/shop/statements/HD-2026-000001.pdf",
    "/shop/statements/HD-2026-000001.csv",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_helpers_staff_and_strangers_see_no_money(client, shop, paid, address):
    assert client.get(address).status_code == 302
    for person in [make_member(shop, "Sam", "helper"), make_staff("Kim", "support")]:
        client.force_login(person)
        assert client.get(address).status_code == 404


def test_another_owner_sees_nothing_of_it(client, shop, paid):
    client.force_login(make_member(make_shop("Zed's Laundry"), "Zed"))
    assert client.get(ADDRESSES[3]).status_code == 404
    assert client.get(ADDRESSES[4]).status_code == 404
    for address in ADDRESSES[:3]:
        page = words(client.get(address))
        assert "Rosa" not in page
        assert "HD-2026-000001" not in page
        assert "$5.25" not in page


def test_a_statement_downloads_as_pdf_and_csv(rosa, paid):
    pdf = rosa.get(ADDRESSES[3])
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    table = rosa.get(ADDRESSES[4])
    assert table.headers["Content-Disposition"] == 'inline; filename="HD-2026-000001.csv"'
    assert rosa.get("/shop/statements/HD-2026-999999.pdf").status_code == 404


def test_the_papers_totals_read_back_equal_the_ledger(shop, paid):
    from pypdf import PdfReader

    paper = paper_of(paid)
    assert statement_pdf(paper) == statement_pdf(paper_of(Statement.objects.get()))
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(paper))).pages
    )
    assert "$5.25" in text
    assert "Rosa's Bodega" in text
    assert text.count("$1.75") == 2 * 3 + 1  # and once among what it is made of
    rows = list(csv.DictReader(io.StringIO(statement_csv(paper).decode())))
    assert sum(round(float(row["amount"]) * 100) for row in rows) == paid.earned_cents == 525


def test_a_long_statement_repeats_its_titles_and_keeps_every_line(shop):
    from pypdf import PdfReader

    agree(shop, 175)
    for number in range(120):
        make_delivery(shop=shop, at=MORNING + dt.timedelta(seconds=number))
    pay(make_olga(), make_pavel())
    issue_statements(at=LATER)
    pages = PdfReader(io.BytesIO(statement_pdf(paper_of(Statement.objects.get())))).pages
    assert len(pages) >= 3
    assert all("Tracking id" in page.extract_text() for page in pages)
    assert sum(page.extract_text().count("TBA") for page in pages) == 120


def test_the_cost_of_the_pages_does_not_grow(rosa, shop, django_assert_max_num_queries):
    earn(shop, 1)
    accrue_waiting(at=LATER)
    with django_assert_max_num_queries(19):
        rosa.get("/shop/earnings/")
    for number in range(6):
        make_delivery(shop=shop, at=MORNING - dt.timedelta(days=number))
    accrue_waiting(at=LATER)
    with django_assert_max_num_queries(19):
        rosa.get("/shop/earnings/")
    with django_assert_max_num_queries(9):
        rosa.get(reverse("statements:day", args=[DAY]))
