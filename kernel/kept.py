"""Figures that may be some minutes old, kept in the cache so that a busy page need not count them
again for everybody."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.core.cache import cache

from kernel.limits import REST_S, Rest

Plain = TypeVar("Plain")
log = structlog.get_logger(__name__)


def kept(key: str, make: Callable[[], Plain], *, seconds: int) -> Plain:
    """What `make` says, or said at most so many seconds ago. It has to be plain values, and never
    None. A cache that is down is made up for by making it anew, and not asked for ten seconds."""
    if time.monotonic() < Rest.until:
        return make()
    try:
        known: Plain | None = cache.get(f"kept:{key}")
    except Exception as problem:
        return rest(make, problem)
    if known is not None:
        return known
    made = make()
    try:
        cache.set(f"kept:{key}", made, seconds)
    except Exception as problem:
        return rest(lambda: made, problem)
    return made


def rest(make: Callable[[], Plain], problem: Exception) -> Plain:
    """Leave the cache alone for a while."""
    Rest.until = time.monotonic() + REST_S
    log.warning("cache_away", problem=type(problem).__name__)
    return make()
