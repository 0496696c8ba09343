"""Frozen, numbered documents of what was settled."""

from django.db import models
from django.db.models import F, Q

from hubshops.shops.models import Shop
from payouts.payruns.models import Transfer


class Statement(models.Model):
    """What one transfer settled. Laws: one a transfer; numbered; opening + earned + corrections −
    paid = closing; append-only: the next statement corrects, this one never changes."""

    number = models.CharField(max_length=20, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="statements")
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="statement")
    first_day = models.DateField()
    last_day = models.DateField()
    packages = models.PositiveIntegerField()
    opening_cents = models.BigIntegerField()
    earned_cents = models.BigIntegerField()
    corrections_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    closing_cents = models.BigIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "statement"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    closing_cents=F("opening_cents")
                    + F("earned_cents")
                    + F("corrections_cents")
                    - F("paid_cents")
                ),
                name="statement_adds_up",
            )
        ]

    def __str__(self) -> str:
        return self.number


class NumberSeries(models.Model):
    """The last number given out in a series. Locked while one is taken, so numbers have no gaps."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "number_series"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
