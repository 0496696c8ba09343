"""Two questions a load balancer asks: is the process alive, and can it serve?"""

import functools
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.celery import ANSWER_SECONDS, app


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. Touches nothing: a database that is down restarts nobody."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 otherwise; the body says which parts do."""
    parts = {name: "up" if answers(ask) else "down" for name, ask in PARTS.items()}
    is_ready = set(parts.values()) == {"up"}
    body = {"status": "ready" if is_ready else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if is_ready else 503)


def answers(ask: Callable[[], None]) -> bool:
    """Whether a part answered. Whatever a driver raises means no: that is what was asked."""
    try:
        ask()
    except Exception:
        return False
    return True


def ask_database() -> None:
    """One round trip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_migrations() -> None:
    """Every migration this code knows is applied; one query."""
    missing = known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        raise LookupError(f"{len(missing)} migrations wait")


@functools.cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of every app, as this code knows them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def ask_broker() -> None:
    """A fresh connection, given up after two seconds."""
    with app.connection_for_write(connect_timeout=ANSWER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=ANSWER_SECONDS)
        broker.default_channel.close()


def ask_cache() -> None:
    """One look-up; the cache's own timeouts are two seconds."""
    cache.get("health")


PARTS: dict[str, Callable[[], None]] = {
    "database": ask_database,
    "migrations": ask_migrations,
    "broker": ask_broker,
    "cache": ask_cache,
}
