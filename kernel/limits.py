"""Soft limits: how often an address or a person may do a thing. They slow sources, not accounts."""

import time

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

log = structlog.get_logger(__name__)
REST_S = 10  # for how long a cache that did not answer is not asked again, by each process


class Rest:
    """Until when, by this process's own clock, nobody asks the cache: waiting for one that does not
    answer would slow down everybody, each time."""

    until = 0.0


def take_turn(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one try of `key` at `name`; False once there were `most` within `seconds`.

    A cache that is down lets everybody through, and holds up at most one of them in ten seconds:
    the limit is a courtesy, not a law.
    """
    slot = f"limit:{name}:{key}"
    if time.monotonic() < Rest.until:
        return True
    try:
        cache.add(slot, 0, seconds)
        return cache.incr(slot) <= most
    except ValueError:  # it ran out between the two calls
        return True
    except Exception as problem:
        Rest.until = time.monotonic() + REST_S
        log.warning("limit_unknown", limit=name, problem=type(problem).__name__)
        return True


def take_mail_turn(
    request: HttpRequest, name: str, email: str, *, most: int, in_all: int, seconds: int
) -> bool:
    """Count one letter that this connection asks for to a mailbox; False once it asked for `most`
    within `seconds`. A stranger who uses up her turns shuts nobody else out: only the wide limit
    `in_all`, against a flood from many connections, is shared."""
    here = f"{address_of(request)}:{email.lower()}"
    return take_turn(name, here, most=most, seconds=seconds) and take_turn(
        f"{name}-in-all", email.lower(), most=in_all, seconds=seconds
    )


def address_of(request: HttpRequest) -> str:
    """The network address of who asks, seen through as many proxies as the settings trust."""
    try:
        return get_adapter(request).get_client_ip(request) or "unknown"
    except PermissionDenied:  # no address at all, as behind a Unix socket
        return "unknown"
