"""The stages of a run, and what stops a part of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payouts.payruns.models.runs import PayRun
from payouts.providers.models import GatewayName


class StageName(models.TextChoices):
    FROZEN = "frozen", _("Frozen: nothing joins any more")
    COMPUTED = "computed", _("Computed")
    CHECKED = "checked", _("Checked")
    BOOKS = "books", _("The books were checked")
    APPROVED = "approved", _("Approved by a second person")
    CANARY = "canary", _("The first few are sent")
    SENDING = "sending", _("All others are sent")
    CONFIRMING = "confirming", _("Everything left; waiting to hear that it arrived")
    DONE = "done", pgettext_lazy("pay run", "Done")
    CANCELLED = "cancelled", _("Cancelled")


class RunStage(models.Model):
    """A stage that a run reached: when, by whom (nobody: by itself) and with which figures. Each
    gateway of a run begins and passes its canary on its own; other stages name none. Laws: each
    once a run and gateway; append-only."""

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="stages", db_index=False)
    name = models.CharField(max_length=12, choices=StageName.choices)
    gateway = models.CharField(
        max_length=20, choices=GatewayName.choices, blank=True, default="", db_default=""
    )
    reached_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "run_stage"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name", "gateway"], name="run_stage_once"),
            models.CheckConstraint(
                condition=Q(name__in=StageName.values), name="run_stage_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.name}"


class RunStop(models.Model):
    """One gateway takes no payment of one run: since when and why, until it goes on. The run's
    other gateways go on meanwhile. Laws: on once at a time for a run and gateway; it says why;
    nobody is named where it went on by itself; never deleted."""

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="stops", db_index=False)
    gateway = models.CharField(max_length=20, choices=GatewayName.choices)
    code = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "run_stop"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "gateway"],
                condition=Q(ended_at=None),
                name="run_stop_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="run_stop_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by=None),
                name="run_stop_ended_by_a_person_once_it_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.gateway}: {self.code}"
