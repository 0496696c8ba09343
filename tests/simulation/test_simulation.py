"""Months drawn from seeds: every promise holds every evening. `make simulate SEEDS=200` tries more,
`make simulate SEED=7` plays one again and tells its story."""

import logging
import os
import sys

import pytest

from kernel import failpoints
from tests import factories
from tests.simulation.month import live_once

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ONE = os.environ.get("SIMULATION_SEED")
FIRST_SEED = int(os.environ.get("SIMULATION_FIRST", "1"))
COUNT = int(os.environ.get("SIMULATION_SEEDS", "1"))
SEEDS = [int(ONE)] if ONE else range(FIRST_SEED, FIRST_SEED + COUNT)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    """The simulator's own clockwork is taken out again."""
    monkeypatch.setattr(failpoints, "os", failpoints.os)
    monkeypatch.setattr(factories, "numbers", factories.numbers)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_promise_holds_every_evening(seed, stripe):
    month = live_once(seed, stripe)
    if ONE:
        sys.stdout.write("\n".join([*month.world.story, f"digest {month.told}", ""]))


def test_the_same_seed_tells_the_same_month(stripe):
    one, again, other = (live_once(seed, stripe, days=5) for seed in (3, 3, 4))
    assert one.told == again.told, first_difference(one.world.story, again.world.story)
    assert one.told != other.told


def first_difference(one: list[str], other: list[str]) -> str:
    """Where two stories part."""
    pairs = zip(one, other, strict=False)
    return next((f"{a}\n{b}" for a, b in pairs if a != b), "one is longer")
