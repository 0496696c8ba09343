"""`import_feed` answers JSON, exits as promised, and refuses in one line."""

import json

import pytest
from django.core.management import CommandError, call_command

from hubshops.packages.models import Package
from tests.factories import make_station

pytestmark = pytest.mark.django_db
HEADER = "tracking_id,recipient_name,address1,postal_code,colour\n"
GOOD = "A1,Ines Bell,12 Oak St,72701,red\n"
BAD = "A2,,12 Oak St,72701,red\n"


def run(path, *words, station="FAY", day="2026-11-23"):
    call_command("import_feed", str(path), "--station", station, "--day", day, "--json", *words)


@pytest.fixture
def feed(tmp_path):
    make_station()
    path = tmp_path / "feed.csv"
    path.write_text(HEADER + GOOD)
    return path


def test_all_good_is_exit_0(feed, capsys):
    run(feed)
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "batch": answer["batch"],
        "accepted": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "unknown_columns": ["colour"],
        "warnings": [],
        "withdrawn": 0,
        "version": 1,
    }
    assert answer["batch"]


def test_some_refused_is_exit_2_with_the_refused_listed(feed, capsys):
    feed.write_text(HEADER + GOOD + BAD)
    with pytest.raises(SystemExit) as end:
        run(feed)
    assert end.value.code == 2
    assert json.loads(capsys.readouterr().out)["rejected"] == [
        {
            "line": 3,
            "field": "recipient_name",
            "reason": "There is no recipient name. Write who gets the package.",
        }
    ]


def test_all_refused_is_exit_1_with_the_refused_listed(feed, capsys):
    feed.write_text(HEADER + BAD)
    with pytest.raises(SystemExit) as end:
        run(feed)
    assert end.value.code == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["batch"], len(answer["rejected"])) == (None, 1)


def test_a_dry_run_has_no_batch_and_writes_nothing(feed, capsys):
    run(feed, "--dry-run")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["batch"], answer["accepted"]) == (None, 1)
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"path": "none.csv"}, "there is no file none.csv"),
        ({"path": "/"}, "/ is a folder, not a file"),
        ({"station": "NOPE"}, "There is no station with the code NOPE."),
        ({"day": "2026-02-30"}, "2026-02-30 is not a day; write it like 2026-11-20"),
        ({"content": b""}, "The file is empty."),
        ({"content": b"\x00\x01"}, "This is not UTF-8 text."),
        ({"content": HEADER.encode()}, "The file has a header and no rows."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(feed, change, sentence):
    if "content" in change:
        feed.write_bytes(change["content"])
    options = {name: change[name] for name in ("station", "day") if name in change}
    with pytest.raises(CommandError) as no:
        run(change.get("path", feed), **options)
    assert no.value.returncode == 1
    assert sentence in str(no.value)
    assert "\n" not in str(no.value)
    assert not Package.objects.exists()
