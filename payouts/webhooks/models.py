"""News from providers, each once, until it is applied."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EventStatus(models.TextChoices):
    NEW = "new", _("Waiting")
    APPLIED = "applied", _("Applied")
    IGNORED = "ignored", _("Not ours")
    FAILED = "failed", _("Failed")


class ProviderEvent(models.Model):
    """One event that a provider told us, or that we found in its list (then nobody delivered it).
    It only says where to look: what happened is read again from the provider. Laws: an event is one
    row, however often it is told; what it is about never changes; applied exactly when it has a
    moment."""

    reference = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=120)
    object_reference = models.CharField(max_length=80, blank=True)
    account_reference = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=EventStatus.choices, default=EventStatus.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "provider_event"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="provider_event_due", condition=Q(status="new")
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=EventStatus.APPLIED, applied_at__isnull=False)
                | (~Q(status=EventStatus.APPLIED) & Q(applied_at=None)),
                name="provider_event_applied_iff_it_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=EventStatus.values), name="provider_event_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CatchUp(models.Model):
    """Up to when a provider's own list of events was read."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_to = models.DateTimeField()

    class Meta:
        db_table = "provider_catch_up"

    def __str__(self) -> str:
        return self.name
