"""A file of shops with fees: good rows are saved, bad ones come back with a sentence."""

# ruff: noqa: E501
import json

import pytest
from django.core.management import CommandError, call_command

from hubshops.shops.models import Shop
from kernel.sheets import UnreadableSheet
from payouts.rates.actions import agree_rate, import_shops
from payouts.rates.models import Rate
from payouts.rates.queries import rate_on
from tests.factories import DAY, MORNING, make_station

pytestmark = pytest.mark.django_db
COLUMNS = (
    "name,trade,contact_name,email,phone,address1,city,state,postal_code,latitude,longitude,"
    "radius_m,daily_cap,weekdays,fee_cents"
)
GOOD = {
    "name": "Rosa's Bodega",
    "trade": "bodega",
    "contact_name": "Rosa",
    "email": "rosa@shop.test",
    "phone": "479-555-0100",
    "address1": "100 W Center St",
    "city": "Fayetteville",
    "state": "AR",
    "postal_code": "72701",
    "latitude": "36.06",
    "longitude": "-94.16",
    "radius_m": "5000",
    "daily_cap": "40",
    "weekdays": "123456",
    "fee_cents": "150",
}


def a_file(*changes: dict) -> bytes:
    lines = [COLUMNS]
    lines += [",".join((GOOD | change)[name] for name in COLUMNS.split(",")) for change in changes]
    return "\n".join(lines).encode()


@pytest.fixture
def station():
    return make_station()


def load(station, *changes):
    return import_shops(station=station, content=a_file(*changes), at=MORNING)


def counts(report):
    return report.opened, report.updated, report.unchanged, len(report.rejected)


def test_shops_open_with_their_fee_from_the_beginning(station):
    assert counts(load(station, {}, {"name": "Ana's Flowers", "fee_cents": "175"})) == (2, 0, 0, 0)
    shop = Shop.objects.get(slug="anas-flowers")
    assert rate_on(shop, DAY).amount_cents == 175
    assert Rate.objects.filter(valid__startswith=None).count() == 2


def test_the_same_file_again_changes_nothing(station):
    load(station, {}, {"name": "Ana's Flowers"})
    assert counts(load(station, {}, {"name": "Ana's Flowers"})) == (0, 0, 2, 0)
    assert (Shop.objects.count(), Rate.objects.count()) == (2, 2)


def test_a_changed_fee_counts_from_the_next_local_day(station):
    load(station, {})
    assert counts(load(station, {"fee_cents": "175"})) == (0, 1, 0, 0)
    shop = Shop.objects.get()
    assert rate_on(shop, DAY).amount_cents == 150
    assert rate_on(shop, DAY.replace(day=DAY.day + 1)).amount_cents == 175


def test_a_changed_promise_is_an_update(station):
    load(station, {})
    assert counts(load(station, {"daily_cap": "60"})) == (0, 1, 0, 0)
    assert Shop.objects.get().daily_cap == 60


def test_an_empty_fee_is_the_stations_standard(station):
    agree_rate(station=station, amount_cents=140, first_day=DAY, at=MORNING)
    assert counts(load(station, {"fee_cents": ""})) == (1, 0, 0, 0)
    assert rate_on(Shop.objects.get(), DAY).amount_cents == 140


def test_an_empty_fee_without_a_standard_is_refused_and_opens_no_shop(station):
    report = load(station, {"fee_cents": ""}, {"name": "Ana's Flowers"})
    assert report.rejected == [
        {
            "line": 2,
            "field": "fee_cents",
            "reason": "Give a fee: the station has no standard fee yet.",
        }
    ]
    assert [shop.slug for shop in Shop.objects.all()] == ["anas-flowers"]


def test_a_shop_twice_in_a_file_counts_once(station):
    report = load(station, {}, {"daily_cap": "90"})
    assert counts(report) == (1, 0, 0, 1)
    assert report.rejected[0]["reason"] == ("This shop is on line 2 already; the first row counts.")
    assert Shop.objects.get().daily_cap == 40


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "This is empty; every shop needs it."),
        ({"name": "N" * 121}, "name", "This has 121 characters; at most 120 fit. Shorten it."),
        ({"email": ""}, "email", "This is empty; every shop needs it."),
        ({"email": "rosa"}, "email", "This is not an e-mail address."),
        ({"address1": ""}, "address1", "This is empty; every shop needs it."),
        ({"city": ""}, "city", "This is empty; every shop needs it."),
        ({"state": ""}, "state", "This is empty; every shop needs it."),
        ({"state": "Arkansas"}, "state", "Give the state as two letters, like AR."),
        ({"postal_code": ""}, "postal_code", "There is no ZIP code. Write its five digits."),
        (
            {"postal_code": "7270"},
            "postal_code",
            "A zero in front may have been lost: format the column as text and write it like 02134.",
        ),
        ({"latitude": ""}, "latitude", "Give both latitude and longitude."),
        ({"latitude": "", "longitude": ""}, "latitude", "Give both latitude and longitude."),
        ({"latitude": "91"}, "latitude", "This is not on the globe"),
        ({"longitude": "x"}, "longitude", "This is not a number of degrees"),
        ({"radius_m": "0"}, "radius_m", "This lies between 1 and 200,000."),
        ({"radius_m": "-5"}, "radius_m", "This is not a whole number. Write digits only."),
        ({"daily_cap": "0"}, "daily_cap", "This lies between 1 and 10,000."),
        ({"daily_cap": "4.5"}, "daily_cap", "This is not a whole number. Write digits only."),
        ({"daily_cap": "many"}, "daily_cap", "This is not a whole number. Write digits only."),
        ({"weekdays": "8"}, "weekdays", "Give weekdays as digits from 1 (Monday) to 7 (Sunday)"),
        ({"weekdays": ""}, "weekdays", "Give weekdays as digits"),
        ({"fee_cents": "-1"}, "fee_cents", "This is not a whole number. Write digits only."),
        ({"fee_cents": "1.50"}, "fee_cents", "This is not a whole number. Write digits only."),
        ({"fee_cents": "10001"}, "fee_cents", "This lies between 0 and 10,000."),
    ],
)
def test_a_bad_row_has_one_complaint_and_the_good_one_is_saved(station, change, field, sentence):
    report = load(station, change, {"name": "Ana's Flowers"})
    (bad,) = report.rejected
    assert (bad["line"], bad["field"]) == (2, field)
    assert sentence in bad["reason"]
    assert [shop.slug for shop in Shop.objects.all()] == ["anas-flowers"]


def test_weekdays_in_any_order_are_understood(station):
    load(station, {"weekdays": "7 1 3"})
    assert Shop.objects.get().weekdays == "137"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (COLUMNS.encode(), "The file has a header and no rows."),
        (b"a,b\n1,2\n", "The first line is not a header."),
        (b"name,email\nA,B\n", "The header lacks these columns: trade, contact_name"),
    ],
)
def test_a_file_that_is_no_list_of_shops_is_refused(station, content, sentence):
    with pytest.raises(UnreadableSheet) as no:
        import_shops(station=station, content=content, at=MORNING)
    assert sentence in no.value.sentence
    assert not Shop.objects.exists()


def run(path, station="FAY"):
    call_command("import_shops", str(path), "--station", station, "--json")


def test_the_command_answers_and_exits_as_promised(station, tmp_path, capsys):
    path = tmp_path / "shops.csv"
    path.write_bytes(a_file({}))
    run(path)
    assert json.loads(capsys.readouterr().out) == {
        "opened": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "unknown_columns": [],
    }
    path.write_bytes(a_file({}, {"email": "x"}))
    with pytest.raises(SystemExit) as partly:
        run(path)
    assert partly.value.code == 2
    assert json.loads(capsys.readouterr().out)["rejected"][0]["line"] == 3


def test_a_file_of_which_all_is_refused_did_nothing(station, tmp_path, capsys):
    path = tmp_path / "shops.csv"
    path.write_bytes(a_file({"email": "x"}, {"daily_cap": "0"}))
    with pytest.raises(SystemExit) as none:
        run(path)
    assert none.value.code == 1
    said = capsys.readouterr()
    assert [row["line"] for row in json.loads(said.out)["rejected"]] == [2, 3]
    assert "every line was refused" in said.err


@pytest.mark.parametrize(("name", "station_code"), [("none.csv", "FAY"), ("shops.csv", "NOPE")])
def test_the_command_refuses_in_one_line(station, tmp_path, name, station_code):
    (tmp_path / "shops.csv").write_bytes(a_file({}))
    with pytest.raises(CommandError) as no:
        run(tmp_path / name, station_code)
    assert (no.value.returncode, "\n" in str(no.value)) == (1, False)
