"""Who moves the money, and where to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from payouts.providers import rules


class GatewayName(models.TextChoices):
    BANK_FILE = "bank_file", _("Payment file for the bank")


class PayoutAccount(models.Model):
    """How one shop is paid. We never hold bank numbers: `payee_reference` is the name under which
    the operator's bank knows the shop. Law: one a shop; held exactly when a reason says why."""

    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, related_name="payout_account")
    gateway = models.CharField(
        max_length=20, choices=GatewayName.choices, default=GatewayName.BANK_FILE
    )
    payee_reference = models.CharField(max_length=80)
    hold_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payout_account"

    def __str__(self) -> str:
        return self.payee_reference


class PaymentFile(models.Model):
    """One file of payments that staff hand to the bank: one a batch of orders. Laws: no line is
    added once it is closed; confirmed exactly when the bank's reference is recorded, by a named
    person, and only after it was closed."""

    number = models.CharField(max_length=40, unique=True)
    batch_key = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "payment_file"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(bank_reference="", confirmed_at=None, confirmed_by=None)
                | (
                    ~Q(bank_reference="")
                    & Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                ),
                name="payment_file_confirmed_iff_the_bank_answered",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(closed_at__isnull=False),
                name="payment_file_confirmed_after_it_was_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """One payment in a file. Law: a key is paid once, whoever asks again; append-only."""

    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True)
    payee_reference = models.CharField(max_length=80)
    payee_name = models.CharField(max_length=120)
    amount_cents = models.BigIntegerField()
    memo = models.CharField(max_length=140)

    class Meta:
        db_table = "payment_line"
        ordering = ["file", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "position"], name="payment_line_position_once_a_file"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payment_line_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def reference(self) -> str:
        """What the bank's statement will call this payment."""
        return rules.line_reference(self.file.number, self.position)
