"""The main job from end to end, as programs outside call it: one station, three shops, one day, one
payday, through the terminal's commands alone."""

import csv
import io
import json
import uuid
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import PackageEvent
from payouts.payruns.models import PayRun

pytestmark = [pytest.mark.django_db, pytest.mark.long]

DAY = "2026-11-18"
SHOPS = Path(__file__).parents[1] / "fixtures" / "nashville_shops.csv"
FEED_HEADER = (
    "tracking_id,recipient_name,address1,address2,city,state,postal_code,latitude,longitude,phone,"
    "instructions,weight_g,length_mm,width_mm,height_mm,requires"
)


def run(command: str, *arguments: str) -> tuple[int, dict]:
    """One command's exit status and its JSON answer."""
    out = io.StringIO()
    try:
        call_command(command, *arguments, "--json", stdout=out)
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except CommandError as refused:
        return refused.returncode, {"error": str(refused)}
    return status, json.loads(out.getvalue())


def feed_file(folder, rows: int = 12):
    """A feed of `rows` packages around the two near shops, and one bad line at its end."""
    lines = [FEED_HEADER]
    for number in range(rows):
        place = f"{36.08 + number * 0.008:.6f},{-86.712 - number * 0.001:.6f}"
        lines.append(
            f"NSH{number:04d},Person {number},{100 + number} Main Street,,Nashville,TN,37211,"
            f"{place},,,500,200,100,50,"
        )
    lines.append("NSH9999,,1 Main Street,,Nashville,TN,37211,36.08,-86.71,,,,,,,")
    path = folder / "feed.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def act(name: str, tracking_id: str, minute: int, **words: str) -> dict:
    """One door act of Wilsonwood Repairs or Tampa Drive Market."""
    moment = f"2026-11-18T{9 + minute // 60:02d}:{minute % 60:02d}:00-06:00"
    return {
        "id": str(uuid.uuid4()),
        "act": name,
        "tracking_id": tracking_id,
        "happened_at": moment,
    } | words


def exported() -> list[dict]:
    """The day's export, as its readers see it."""
    out = io.StringIO()
    call_command("export_day", "--station", "NSH", "--day", DAY, stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


@pytest.fixture
def planned(tmp_path):
    """A station with shops and a planned day."""
    place = ["--city", "Nashville", "--state", "TN", "--lat", "36.13", "--lng", "-86.75"]
    status, answer = run(
        "open_station", "NSH", "--name", "Nashville", *place, "--zone", "America/Chicago"
    )
    assert (status, answer) == (0, {"station": "NSH", "created": True})
    status, answer = run("import_shops", str(SHOPS), "--station", "NSH")
    assert (status, answer["opened"], answer["rejected"]) == (0, 3, [])
    feed = feed_file(tmp_path)
    status, answer = run("import_feed", str(feed), "--station", "NSH", "--day", DAY, "--dry-run")
    assert (status, answer["accepted"], answer["batch"]) == (2, 12, None)
    assert exported() == []
    status, answer = run("import_feed", str(feed), "--station", "NSH", "--day", DAY)
    assert (status, answer["accepted"]) == (2, 12)
    assert [(bad["line"], bad["field"]) for bad in answer["rejected"]] == [(14, "recipient_name")]
    status, plan = run("plan_day", "--station", "NSH", "--day", DAY)
    assert (status, plan["assigned"], plan["unassigned"], plan["manifests"]) == (0, 12, [], 2)
    assert plan["total_m"] > 0
    return tmp_path


def test_a_day_is_fed_planned_delivered_paid_and_explained(planned):
    tampa = [row for row in exported() if row["shop"] == "tampa-drive-market"]
    others = [row for row in exported() if row["shop"] == "wilsonwood-repairs"]
    assert (len(tampa), len(others)) == (4, 8)

    events = planned / "events.jsonl"
    lines = day_of("tampa-drive-market", "omar@shop.test", tampa)
    lines += day_of("wilsonwood-repairs", "grace@shop.test", others)
    events.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    status, answer = run("record_events", str(events))
    assert (status, answer["recorded"], answer["refused"]) == (0, len(lines), [])
    before = PackageEvent.objects.count()
    status, answer = run("record_events", str(events))
    assert (answer["recorded"], answer["already_recorded"]) == (0, len(lines))
    assert PackageEvent.objects.count() == before
    assert Delivery.objects.count() == 10
    states = [row["state"] for row in exported()]
    assert (states.count("DELIVERED"), states.count("ATTEMPTED")) == (10, 2)

    assert run("accrue") == (0, {"accrued": 10, "cents": 3 * 250 + 7 * 275})
    assert run("accrue") == (0, {"accrued": 0, "cents": 0})
    assert run("check_books")[0] == 0
    pay(through=DAY, cents=3 * 250 + 7 * 275)


def day_of(shop: str, by: str, rows: list[dict]) -> list[dict]:
    """All received; the first attempted in vain, the rest delivered."""
    ids = [row["tracking_id"] for row in rows]
    acts = [act("receive", one, 0) for one in ids] + [act("load", one, 5) for one in ids]
    acts.append(act("attempt", ids[0], 10, reason="NOT_HOME"))
    acts += [act("deliver", one, 20 + n, outcome="front_door") for n, one in enumerate(ids[1:])]
    return [line | {"shop": shop, "by": by} for line in acts]


def pay(*, through: str, cents: int) -> None:
    """Olga drafts, cannot approve; Pavel approves; it is sent; the books stay clean."""
    run("add_staff", "olga@staff.test", "--role", "finance_drafter")
    run("add_staff", "olga@staff.test", "--role", "finance_approver")
    run("add_staff", "pavel@staff.test", "--role", "finance_approver")
    status, answer = run("pay_run", "draft", "--through", through, "--by", "olga@staff.test")
    assert (status, answer["shops"], answer["cents"]) == (0, 2, cents)
    number = str(answer["run"])
    status, answer = run("pay_run", "send", number)
    assert status == 1
    status, answer = run("pay_run", "approve", number, "--by", "olga@staff.test")
    assert status == 1
    assert PayRun.objects.get().status == "drafted"
    status, answer = run("pay_run", "approve", number, "--by", "pavel@staff.test")
    assert (status, answer["status"]) == (0, "approved")
    status, answer = run("pay_run", "send", number)
    assert (status, answer["status"], answer["cents"]) == (0, "confirming", cents)
    status, answer = run("pay_run", "show", number)
    assert (status, answer["shops"]) == (0, 2)
    status, books = run("check_books")
    assert (status, books["trial_balance_cents"], books["count_gaps"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("import_feed", ["missing.csv", "--station", "NSH", "--day", DAY]),
        ("import_shops", ["missing.csv", "--station", "NSH"]),
        ("plan_day", ["--station", "NOPE", "--day", DAY]),
        ("export_day", ["--station", "NOPE", "--day", DAY]),
        ("record_events", ["missing.jsonl"]),
        ("pay_run", ["show", "4711"]),
        ("pay_run", ["draft", "--through", DAY, "--by", "nobody@staff.test"]),
        ("manifest_pdf", ["--shop", "nope", "--day", DAY, "-o", "out.pdf"]),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(command, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = [] if command in {"export_day", "manifest_pdf"} else ["--json"]
    with pytest.raises(CommandError) as refused:
        call_command(command, *arguments, *options)
    assert refused.value.returncode == 1
    assert str(refused.value)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
