"""What was paid in a year, and for whom a form may be due."""

import csv
import datetime as dt
import io

import pytest
import time_machine

from kernel.audit.models import Decision
from payouts.ledger.actions import Booking, post
from payouts.ledger.rules import Source
from payouts.statements.actions import NoThreshold, set_threshold
from payouts.statements.documents import year_csv, year_pdf
from payouts.statements.models import TaxThreshold
from payouts.statements.queries import readiness, threshold_of, year_of_shop
from payouts.statements.rules.taxes import (
    W9,
    Month,
    Stage,
    stage_of,
    w9_of,
    year_of,
)
from payouts.statements.rules.taxes import (
    threshold_of as threshold_rule,
)
from tests.factories import make_member, make_shop, make_staff
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay, refused_by

pytestmark = pytest.mark.django_db
NEW_YEARS_EVE = dt.datetime(2027, 1, 1, 3, 30, tzinfo=dt.UTC)  # still December 31 in Chicago


@pytest.fixture
def staff():
    return make_olga(), make_pavel()


def words(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("year", "cents", "is_own"),
    [(2025, 60_000, False), (2026, 200_000, True), (2027, 200_000, False)],
)
def test_the_amount_holds_until_a_later_year_has_its_own(year, cents, is_own):
    found = threshold_of(year)
    assert (found.cents, found.is_own) == (cents, is_own)
    assert threshold_rule(2019, {2020: (60_000, "")}) is None


@pytest.mark.parametrize(
    ("gateway", "capability", "asked", "w9"),
    [
        ("bank_file", "none", [], W9.UNKNOWN),
        ("stripe", "active", [], W9.COLLECTED),
        ("stripe", "active", ["company.tax_id"], W9.MISSING),
        ("stripe", "missing", ["individual.ssn_last_4"], W9.MISSING),
        ("stripe", "checking", [], W9.UNKNOWN),
        ("stripe", "active", ["external_account"], W9.COLLECTED),
    ],
)
def test_a_w9_is_known_only_from_what_the_provider_asks(gateway, capability, asked, w9):
    assert w9_of(gateway, capability, asked) == w9


def test_a_year_is_running_then_a_preview_then_over():
    days = [dt.date(2026, 11, 30), dt.date(2026, 12, 1), dt.date(2027, 1, 1)]
    assert [stage_of(2026, day) for day in days] == [Stage.RUNNING, Stage.PREVIEW, Stage.OVER]


def test_a_year_has_twelve_months_and_adds_up():
    year = year_of(2026, {11: Month(11, 2, 900, 100)})
    assert (len(year.months), year.payments, year.cents) == (12, 2, 800)


def test_payments_count_on_the_day_they_left_where_the_shop_is(staff):
    shop = make_shop()
    earn(shop, 3)
    pay(*staff, at=NEW_YEARS_EVE)
    assert year_of_shop(shop, 2026).months[11] == Month(12, 1, 525, 0)
    assert year_of_shop(shop, 2027).cents == 0


def test_what_came_back_is_taken_off_in_the_year_it_came_back(staff):
    shop = make_shop()
    earn(shop, 3)
    pay(*staff)
    back = Booking("reversal:r1", shop.pk, dt.date(2027, 1, 4), 525)
    post(source=Source.TRANSFER_REVERSED, bookings=[back], at=LATER)
    assert year_of_shop(shop, 2026).cents == 525
    assert year_of_shop(shop, 2027).cents == -525


def test_a_form_is_due_from_the_amount_on(staff):
    rosa, zed = make_shop(), make_shop("Zed's Laundry")
    earn(rosa, 20, cents=10_000)
    earn(zed, 20, cents=9_999)
    pay(*staff)
    people = readiness(2026)
    assert [(one.shop, one.year.cents, one.is_over) for one in people] == [
        (rosa, 200_000, True),
        (zed, 199_980, False),
    ]
    assert [one.is_ready for one in people] == [False, True]


def test_the_cost_of_the_list_does_not_grow(staff, django_assert_num_queries):
    for name in ["One", "Two", "Three"]:
        earn(make_shop(name), 1)
    pay(*staff)
    with django_assert_num_queries(3):
        assert len(readiness(2026)) == 3


@pytest.fixture
def december():
    with time_machine.travel(dt.datetime(2026, 12, 5, 18, tzinfo=dt.UTC), tick=False):
        yield


def test_staff_see_the_preview_and_enter_a_later_year(december, staff, client):
    shop = make_shop()
    earn(shop, 2)
    pay(*staff)
    client.force_login(staff[0])
    page = words(client.get("/ops/taxes/2026/"))
    assert "Preview: the year ends this month" in page
    assert "Rosa&#x27;s Bodega" in page
    assert "a tax adviser confirms" in page
    assert "Not known: ask the shop" in page
    assert "is carried on from 2026" in words(client.get("/ops/taxes/2027/"))
    typed = {"first_year": "2027", "cents": "2,050.00", "note": "IRS, Rev. Proc."}
    assert client.post("/ops/taxes/2027/", typed).status_code == 302
    assert TaxThreshold.objects.get(first_year=2027).cents == 205_000
    assert Decision.objects.filter(action="set_tax_threshold").count() == 1
    assert "is carried on from" not in words(client.get("/ops/taxes/2027/"))
    bad = client.post("/ops/taxes/2027/", typed | {"note": ""})
    assert bad.status_code == 422


def test_the_list_for_filing_is_a_row_a_shop(december, staff, client):
    earn(make_shop("=Rosa"), 2)
    pay(*staff)
    client.force_login(staff[0])
    table = client.get("/ops/taxes/2026.csv").content.decode()
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["name"] == "'=Rosa"
    assert (row["paid"], row["payments"], row["reaches_threshold"]) == ("3.50", "1", "no")
    assert row["w9"] == "unknown"
    assert Decision.objects.filter(action="download_tax_list").exists()


def test_an_amount_without_a_source_is_refused(staff):
    for told in [{"cents": 0, "note": "x"}, {"cents": 1, "note": " "}]:
        with pytest.raises(NoThreshold):
            set_threshold(first_year=2028, by=staff[0], at=LATER, **told)
    assert not TaxThreshold.objects.filter(first_year=2028).exists()


def test_the_law_of_thresholds_holds_in_sql():
    with refused_by("tax_threshold_is_of_a_year") as cursor:
        cursor.execute("UPDATE tax_threshold SET cents = 0")
    with refused_by("tax_threshold_first_year") as cursor:
        cursor.execute("INSERT INTO tax_threshold (first_year, cents, note) VALUES (2026, 1, '')")


def test_a_shop_reads_its_own_year(december, staff, client):
    from pypdf import PdfReader

    shop = make_shop()
    earn(shop, 3)
    pay(*staff)
    client.force_login(make_member(shop, "Rosa"))
    page = words(client.get("/shop/statements/years/2026/"))
    assert '<p class="big">$5.25</p>' in page
    assert "/shop/statements/years/2026/" in words(client.get("/shop/statements/"))
    paper = client.get("/shop/statements/years/2026.pdf").content
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(paper)).pages)
    assert "$5.25" in text
    assert "tax adviser" in text
    year = year_of_shop(shop, 2026)
    assert year_pdf(shop, year, is_over=True) == year_pdf(shop, year, is_over=True)
    rows = list(csv.DictReader(io.StringIO(year_csv(year).decode())))
    assert (len(rows), rows[-1]["paid"]) == (13, "5.25")
    assert client.get("/shop/statements/years/1999/").status_code == 404


@pytest.mark.parametrize("address", ["/ops/taxes/2026/", "/ops/taxes/2026.csv", "/ops/taxes/"])
def test_only_people_of_finance_see_all_shops(client, address):
    for person in [make_staff("Kim", "support"), make_member(make_shop(), "Rosa")]:
        client.force_login(person)
        assert client.get(address).status_code in (403, 404)


def test_a_helper_sees_no_year(client):
    client.force_login(make_member(make_shop(), "Sam", "helper"))
    for address in ["/shop/statements/years/2026/", "/shop/statements/years/2026.pdf"]:
        assert client.get(address).status_code == 404
