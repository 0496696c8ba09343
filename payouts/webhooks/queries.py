"""What providers told us, and what became of it."""

import datetime as dt

from django.db.models import Count, QuerySet

from payouts.webhooks.models import CatchUp, EventStatus, ProviderEvent


def events(*, status: str = "") -> QuerySet[ProviderEvent]:
    """Events, the newest first; of one status when one is named."""
    found = ProviderEvent.objects.order_by("-pk")
    return found.filter(status=status) if status in EventStatus.values else found


def counts() -> dict[str, int]:
    """Status → how many events."""
    found = ProviderEvent.objects.order_by().values_list("status").annotate(count=Count("pk"))
    return dict(found)


def seen_to() -> dt.datetime | None:
    """Up to when the provider's own list was read."""
    return CatchUp.objects.values_list("seen_to", flat=True).first()


def due(*, at: dt.datetime, most: int) -> list[int]:
    """Events that wait for their turn, the longest waiting first."""
    waiting = ProviderEvent.objects.filter(status=EventStatus.NEW, next_attempt_at__lte=at)
    return list(waiting.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:most])
