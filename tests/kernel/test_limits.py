"""Soft limits slow a source and never lock anybody out for good."""

import contextlib
import socket

import pytest
from django.core.cache import cache

from kernel.limits import REST_S, Rest, address_of, take_turn


@pytest.fixture(autouse=True)
def _fresh():
    Rest.until = 0.0
    cache.clear()
    yield
    Rest.until = 0.0


def turns(number, key="10.0.0.1"):
    return [take_turn("apply", key, most=3, seconds=60) for _ in range(number)]


def test_a_source_has_so_many_turns():
    assert turns(5) == [True, True, True, False, False]
    assert turns(1, key="10.0.0.2") == [True]


def test_turns_come_back(time_machine):
    time_machine.move_to("2026-11-20T09:00Z")
    assert turns(4)[-1] is False
    time_machine.move_to("2026-11-20T09:01:01Z")
    assert turns(1) == [True]


def test_a_cache_that_is_down_lets_everybody_through(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert turns(5) == [True] * 5


@pytest.fixture
def silent_cache(settings):
    """A cache that takes connections and never answers, and how often somebody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": f"redis://127.0.0.1:{server.getsockname()[1]}/0",
                "OPTIONS": {"socket_timeout": 0.2, "retry": None},
            }
        }
        server.settimeout(0.5)
        yield server


def comers(server: socket.socket) -> int:
    count = 0
    with contextlib.suppress(TimeoutError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


def test_a_cache_that_never_answers_is_asked_once_in_a_while(silent_cache, monkeypatch):
    assert turns(20) == [True] * 20
    assert comers(silent_cache) == 1
    monkeypatch.setattr(Rest, "until", Rest.until - REST_S)
    assert turns(20) == [True] * 20
    assert comers(silent_cache) == 1


def test_an_address_is_seen_through_trusted_proxies_only(rf):
    forged = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert address_of(forged) == "10.0.0.9"
    assert address_of(rf.get("/", REMOTE_ADDR="")) == "unknown"
