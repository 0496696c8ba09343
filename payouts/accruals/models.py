"""Fees earned and booked."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from payouts.ledger.models import Entry
from payouts.rates.models import Rate


class AccrualKind(models.TextChoices):
    FEE = "fee", _("Delivery fee")
    REVERSAL = "reversal", _("Fee taken back")
    PREMIUM = "premium", _("Extra beyond the cap")
    PREMIUM_REVERSAL = "premium_reversal", _("Extra taken back")
    PEAK = "peak", _("Extra on a busy day")
    PEAK_REVERSAL = "peak_reversal", _("Extra of a busy day taken back")
    TIER = "tier", _("Extra for many packages")
    TIER_REVERSAL = "tier_reversal", _("Extra for many packages taken back")
    TOP_UP = "top_up", _("Up to the guaranteed minimum")


EARNED = ["fee", "premium", "peak", "tier", "top_up"]
TAKEN_BACK = ["reversal", "premium_reversal", "peak_reversal", "tier_reversal"]


class Accrual(models.Model):
    """What one delivery earned by one line of a card, or the reversal of that; or what a shop's
    week was topped up with (no delivery). Laws: one fee, one of each extra and one reversal of each
    a delivery; one top-up a shop and week; what is earned is not negative, a reversal not positive;
    append-only. Delivery, rate and entry are written by the one statement that reads them; they are
    never deleted, and guarded by the nightly check instead of by foreign keys, which would double
    the cost of a sweep. A shop's days are found through its deliveries, whose index they have: one
    of its own would cost a sweep a fifth more."""

    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.PROTECT,
        null=True,
        related_name="accruals",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=20, choices=AccrualKind.choices)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="accruals", db_index=False, db_constraint=False
    )
    delivered_on = models.DateField()
    rate = models.ForeignKey(
        Rate, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount_cents = models.IntegerField()
    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        related_name="accruals",
        db_constraint=False,
    )

    class Meta:
        db_table = "accrual"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind"], name="accrual_once"),
            models.CheckConstraint(
                condition=Q(kind__in=EARNED, amount_cents__gte=0)
                | Q(kind__in=TAKEN_BACK, amount_cents__lte=0),
                name="accrual_sign_follows_kind",
            ),
            models.UniqueConstraint(
                fields=["shop", "delivered_on"],
                condition=Q(kind="top_up"),
                name="accrual_top_up_once_a_week",
            ),
            models.CheckConstraint(
                condition=(Q(kind="top_up") & Q(delivery=None))
                | (~Q(kind="top_up") & Q(delivery__isnull=False)),
                name="accrual_top_up_iff_without_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.amount_cents}"


class SweepMark(models.Model):
    """How far the sweep has come: no delivery up to `settled_id` waits for its fee. The candidate
    becomes settled an hour later, when no open transaction can still commit a lower id. Law: one
    row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    settled_id = models.BigIntegerField(default=0)
    candidate_id = models.BigIntegerField(default=0)
    candidate_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accrual_mark"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="accrual_mark_is_one_row"),
            models.CheckConstraint(
                condition=Q(settled_id__lte=F("candidate_id")), name="accrual_mark_moves_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.settled_id)
