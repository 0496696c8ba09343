"""The floor: money, days, ids, distances, refusals."""

import datetime as dt
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock, geo, ids, money
from kernel.refusals import Refusal
from kernel.terminal import day

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (123450, "$1,234.50"),
        (-5, "−$0.05"),
        (-123456789, "−$1,234,567.89"),
    ],
)
def test_cents_read_as_dollars(cents, words):
    assert money.as_dollars(cents) == words


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_dollars_for_other_programs_are_the_same_cents(cents):
    assert money.as_decimal(cents) * 100 == cents


@pytest.mark.parametrize(
    ("local_day", "hours"),
    [(dt.date(2026, 3, 8), 23), (dt.date(2026, 11, 1), 25), (dt.date(2026, 11, 20), 24)],
)
def test_a_local_day_is_as_long_as_its_zone_says(local_day, hours):
    start, end = clock.day_bounds(local_day, "America/New_York")
    assert end.astimezone(dt.UTC) - start.astimezone(dt.UTC) == dt.timedelta(hours=hours)
    assert clock.local_day(start, "America/New_York") == local_day
    assert clock.local_day(end, "America/New_York") == local_day + dt.timedelta(days=1)


def test_new_ids_are_version_7_unique_and_sorted_by_time():
    made = [ids.new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(one.version == 7 and one.variant == uuid.RFC_4122 for one in made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)


def test_a_degree_of_latitude_is_some_111_km():
    assert geo.distance_m(36, -94, 37, -94) == pytest.approx(111_195, abs=1)
    assert geo.distance_m(36, -94, 36, -94) == 0
    assert geo.distance_m(0, 180, 0, -180) == pytest.approx(0, abs=0.001)


def test_a_refusal_fills_its_own_words():
    class TooMany(Refusal):
        code = "too_many"
        message = "{count} is more than a shop can take."

    assert TooMany(count=7).sentence == "7 is more than a shop can take."
    assert str(TooMany("Not today.")) == "Not today."


@pytest.mark.parametrize("text", ["2026-02-30", "tomorrow", "2026-1", "", "20261120"])
def test_a_bad_day_is_refused_in_words(text):
    with pytest.raises(Exception, match="is not a day; write it like"):
        day(text)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DATABASE_URL", "sqlite:///x.db", "only PostgreSQL 15 or newer works"),
        ("CELERY_BROKER_URL", "sqs://x", "give a redis://"),
        ("CACHE_URL", "locmem://", "processes must share one cache"),
    ],
)
def test_an_unusable_setting_stops_the_start_with_a_sentence(setting, value, words):
    answer = start_with("portal.settings.dev", {setting: value})
    assert answer.returncode != 0
    assert f"{setting}: " in answer.stderr
    assert words in answer.stderr


@pytest.mark.parametrize(
    "missing",
    ["SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL", "ALLOWED_HOSTS"],
)
def test_production_refuses_to_start_without(missing):
    answer = start_with("portal.settings.prod", {**PRODUCTION, missing: ""})
    assert answer.returncode != 0
    assert f"{missing}: " in answer.stderr


def test_production_starts_with_its_secrets_and_never_with_the_demo():
    assert start_with("portal.settings.prod", PRODUCTION).returncode == 0
    answer = start_with("portal.settings.prod", {**PRODUCTION, "DEMO": "1"})
    assert "never run in production" in answer.stderr


PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://portal@db.example/portal",
    "CELERY_BROKER_URL": "redis://broker.example:6379/0",
    "CACHE_URL": "redis://cache.example:6379/1",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
}


def start_with(
    settings_module: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own, with only this environment."""
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.SECRET_KEY"],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": settings_module, "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
