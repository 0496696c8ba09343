"""Soft limits: how often an address or a person may do a thing. They slow sources, not accounts."""

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)


def take_turn(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one try of `key` at `name`; False once there were `most` within `seconds`.

    A cache that is down lets everybody through: the limit is a courtesy, not a law.
    """
    slot = f"limit:{name}:{key}"
    try:
        cache.add(slot, 0, seconds)
        return cache.incr(slot) <= most
    except ValueError:  # it ran out between the two calls
        return True
    except Exception as problem:
        log.warning("limit_unknown", limit=name, problem=type(problem).__name__)
        return True
