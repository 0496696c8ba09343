"""Money that comes back from payments that were sent, and where the provider's list differs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payouts.payruns.models.runs import Transfer


def confirmed_by_another(name: str) -> models.CheckConstraint:
    """What one person asked for is confirmed by another one, or waits for it."""
    return models.CheckConstraint(
        condition=Q(confirmed_at=None, confirmed_by=None)
        | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, asked_by__isnull=False)
        & ~Q(confirmed_by=F("asked_by")),
        name=name,
    )


class ReturnFile(models.Model):
    """A bank's file of returns as one person uploaded it; sealed, since account numbers stand in
    it. Nothing of it is booked before another person confirmed it. Laws: once while it is not
    thrown away; confirmed by another person, or thrown away by a named one; it stays as it was
    uploaded (trigger)."""

    digest = models.CharField(max_length=64, help_text=_("SHA-256 over the file"))
    sealed_content = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    thrown_away_at = models.DateTimeField(null=True)
    thrown_away_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "return_file"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(thrown_away_at=None), name="return_file_once"
            ),
            confirmed_by_another("return_file_confirmed_by_another_person"),
            models.CheckConstraint(
                condition=Q(thrown_away_at=None, thrown_away_by=None)
                | Q(thrown_away_at__isnull=False, thrown_away_by__isnull=False, confirmed_at=None),
                name="return_file_confirmed_or_thrown_away",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody decided about it yet."""
        return self.confirmed_at is None and self.thrown_away_at is None


class ReversalStatus(models.TextChoices):
    WAITING = "waiting", _("Waits for another person")
    WITHDRAWN = "withdrawn", _("Not taken back after all")
    READY = "ready", _("Asked for")
    SENDING = "sending", _("Being sent")
    UNKNOWN = "unknown", _("Being looked up")
    DONE = "done", pgettext_lazy("reversal", "Taken back")
    FAILED = "failed", _("Failed")


class TransferReversal(models.Model):
    """Money taken back from a transfer that was sent, in whole or in part. Laws: positive; never
    more than was sent; amount and key never change; done exactly when the provider's reference is
    known; asked for by a person with a reason and confirmed by another one before it is sent
    (trigger), found at the provider (then nobody is named), or in a bank's file that another person
    confirmed."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    amount_cents = models.BigIntegerField()
    key = models.CharField(max_length=80, unique=True)
    key_version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(
        max_length=10, choices=ReversalStatus.choices, default=ReversalStatus.READY
    )
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    return_file = models.ForeignKey(
        ReturnFile, on_delete=models.PROTECT, null=True, related_name="reversals"
    )

    class Meta:
        db_table = "transfer_reversal"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="transfer_reversal_is_positive"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ReversalStatus.DONE, done_at__isnull=False) & ~Q(provider_reference="")
                )
                | (~Q(status=ReversalStatus.DONE) & Q(done_at=None, provider_reference="")),
                name="transfer_reversal_done_iff_the_provider_has_it",
            ),
            models.CheckConstraint(
                condition=~Q(reason="", asked_by__isnull=False),
                name="transfer_reversal_asked_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["provider_reference"],
                condition=~Q(provider_reference=""),
                name="transfer_reversal_noted_once",
            ),
            confirmed_by_another("transfer_reversal_confirmed_by_another_person"),
            models.CheckConstraint(
                condition=~Q(status__in=["waiting", "withdrawn"])
                | Q(asked_by__isnull=False, confirmed_at=None),
                name="transfer_reversal_waits_until_it_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReversalStatus.values),
                name="transfer_reversal_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class GapCode(models.TextChoices):
    UNKNOWN_TRANSFER = "unknown_transfer", _("The provider has a payment that we know nothing of")
    MISSING_TRANSFER = "missing_transfer", _("The provider does not have a payment that we booked")
    AMOUNT_DIFFERS = "amount_differs", _("The provider has another amount")
    PAYEE_DIFFERS = "payee_differs", _("The provider paid somebody else")
    REVERSED_ELSEWHERE = "reversed_elsewhere", _("Taken back at the provider, not by us")


class ProviderGap(models.Model):
    """One difference between the provider's list and our books, from when it was first seen until
    it is gone, or a person said what it is and another one agreed. Nothing is mended by itself.
    Laws: one open row a difference; closed by itself, or by another person than who noted it."""

    code = models.CharField(max_length=20, choices=GapCode.choices)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, related_name="gaps")
    provider_reference = models.CharField(max_length=80)
    cents = models.BigIntegerField()
    provider_cents = models.BigIntegerField()
    first_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "provider_gap"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "provider_reference"],
                condition=Q(closed_at=None),
                name="provider_gap_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | (
                    Q(noted_by__isnull=False, closed_at__isnull=False) & ~Q(closed_by=F("noted_by"))
                ),
                name="provider_gap_closed_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(code__in=GapCode.values), name="provider_gap_code_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.provider_reference}"
