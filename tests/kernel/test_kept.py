"""Figures are kept for a while, and a cache that is down costs only time."""

import pytest
from django.core.cache import cache

from kernel.kept import kept
from kernel.limits import Rest


@pytest.fixture(autouse=True)
def _fresh():
    Rest.until = 0.0
    cache.clear()
    yield
    Rest.until = 0.0


def counted(times, key="a"):
    made = []
    for number in range(times):
        kept(key, lambda number=number: made.append(number) or (number,), seconds=60)
    return made


def test_a_figure_is_made_once_until_it_is_old(time_machine):
    time_machine.move_to("2026-11-20T09:00Z")
    assert counted(3) == [0]
    assert counted(1, key="b") == [0]
    assert kept("a", lambda: (7,), seconds=60) == (0,)
    time_machine.move_to("2026-11-20T09:01:01Z")
    assert kept("a", lambda: (7,), seconds=60) == (7,)


def test_without_a_cache_it_is_made_each_time(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert counted(3) == [0, 1, 2]
    assert Rest.until
