"""A shop's own money, for its owner's programs."""

import csv
import datetime as dt
import io

import pytest
import time_machine

from payouts.accruals.actions import accrue_waiting
from payouts.statements.actions import issue_statements
from tests.factories import DAY, MORNING, make_delivery, make_member, make_shop, make_staff
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/api/v1/earnings",
    "/api/v1/statements",
    "/api/v1/statements/HD-2026-000001.pdf",
    "/api/v1/statements/HD-2026-000001.csv",
    "/api/v1/statements/HD-2026-000001.json",
]


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop, 2, at=MORNING - dt.timedelta(days=1))
    pay(make_olga(), make_pavel())
    issue_statements(at=LATER)
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    return shop


@pytest.fixture
def rosa(shop, client):
    client.force_login(make_member(shop, "Rosa"))
    return client


def test_earnings_are_told_by_day(rosa):
    answer = rosa.get("/api/v1/earnings?from=2026-11-18&to=2026-11-20").json()
    assert [(day["day"], day["packages"], day["cents"]) for day in answer["days"]] == [
        ("2026-11-18", 0, 0),
        ("2026-11-19", 2, 350),
        ("2026-11-20", 1, 175),
    ]
    assert [day["is_provisional"] for day in answer["days"]] == [False, False, True]
    assert (answer["cents"], answer["currency"], answer["zone"]) == (525, "USD", "America/Chicago")
    assert answer["next_payout"] == {
        "cents": 175,
        "final_cents": 0,
        "today_cents": 175,
        "corrections_cents": 0,
        "packages": 1,
        "waiting_packages": 0,
    }


def test_without_days_the_last_four_weeks_are_told(rosa):
    days = rosa.get("/api/v1/earnings").json()["days"]
    assert (len(days), days[-1]["day"]) == (28, str(DAY))


@pytest.mark.parametrize(
    "span",
    [
        "from=2026-11-20&to=2026-11-19",
        "from=2020-01-01",
        "from=soon",
        "to=2026-02-30",
        "to=0001-01-01&from=0001-01-02",
    ],
)
def test_a_span_that_is_none_is_refused(rosa, span):
    answer = rosa.get(f"/api/v1/earnings?{span}")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_statements_are_listed_and_handed_out(rosa):
    (statement,) = rosa.get("/api/v1/statements").json()["statements"]
    assert (statement["number"], statement["paid_cents"]) == ("HD-2026-000001", 350)
    assert rosa.get(ADDRESSES[2]).content.startswith(b"%PDF")
    lines = rosa.get(ADDRESSES[3]).content.decode().splitlines()
    assert len(lines) == 1 + 2
    assert rosa.get("/api/v1/statements/HD-2026-000009.pdf").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_else_gets_an_answer(client, shop, address):
    assert client.get(address).status_code == 401
    for person in [make_member(shop, "Sam", "helper"), make_staff("Kim", "admin")]:
        client.force_login(person)
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.json()["status"] == 404
    client.force_login(make_member(make_shop("Zed's Laundry"), "Zed"))
    answer = client.get(address)
    assert "HD-2026-000001" not in answer.content.decode().replace(address, "")
    assert answer.status_code == (404 if "HD-" in address else 200)


def test_a_statement_comes_as_json_with_the_lines_of_its_csv(rosa):
    table = rosa.get("/api/v1/statements/HD-2026-000001.csv").content.decode()
    whole = rosa.get("/api/v1/statements/HD-2026-000001.json").json()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["tracking_id"], row["kind"]) for row in rows] == [
        (line["tracking_id"], line["kind"]) for line in whole["lines"]
    ]
    cents = [line["amount_cents"] for line in whole["lines"]]
    assert sum(cents) == whole["earned_cents"] + whole["corrections_cents"] == 350
    assert [
        (one["number"], one["rate_cents"], one["cents"]) for one in whole["earned_by_line"]
    ] == [(2, 175, 350)]
    assert (whole["opening_cents"], whole["paid_cents"], whole["closing_cents"]) == (0, 350, 0)
    assert whole["why_it_differs"] == "Sent on Nov 20 for what was booked on Nov 19."


def test_the_json_is_described(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/statements/{number}.json" in paths
