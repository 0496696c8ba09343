"""How far long work is, told outside its transaction, so that others see it while it runs."""

from collections.abc import Callable

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

KEEP_SECONDS = 3600


def teller(name: str) -> Callable[[int, int], None]:
    """A reporter `(done, total)` of the work called `name`. A cache that is down is passed over:
    nobody sees how far the work is, and it goes on."""

    def tell(done: int, total: int) -> None:
        try:
            cache.set(f"progress:{name}", (done, total), KEEP_SECONDS)
        except Exception as problem:
            log.warning("progress_not_told", problem=type(problem).__name__)

    return tell


def told(name: str) -> tuple[int, int] | None:
    """How far the work called `name` is, `(done, total)`, or None when nobody said."""
    try:
        return cache.get(f"progress:{name}")
    except Exception:
        return None
