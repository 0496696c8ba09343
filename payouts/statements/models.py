"""Frozen, numbered documents of what was settled."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from hubshops.shops.models import Shop
from payouts.payruns.models import Transfer


class Statement(models.Model):
    """What one transfer settled. Laws: one a transfer; numbered; opening + earned + corrections −
    paid = closing; append-only: the next statement corrects, this one never changes. The shop's
    name, address and zone are kept as they were."""

    number = models.CharField(max_length=20, unique=True)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="statement")
    shop_name = models.CharField(max_length=120)
    shop_address = models.CharField(max_length=240)
    zone = models.CharField(max_length=40)
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
        indexes = [models.Index(F("shop"), F("id"), name="statement_of_shop")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    closing_cents=F("opening_cents")
                    + F("earned_cents")
                    + F("corrections_cents")
                    - F("paid_cents")
                ),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="statement_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OwnCosts(models.Model):
    """What an owner told us of her day, for her own eyes: minutes and miles a day, and what a mile
    costs her. No page of staff shows it and no sum of ours rests on it. Law: one a shop."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="own_costs")
    minutes_a_day = models.PositiveSmallIntegerField()
    miles_a_day = models.DecimalField(max_digits=5, decimal_places=1)
    cents_a_mile = models.DecimalField(max_digits=5, decimal_places=1)

    class Meta:
        db_table = "own_costs"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_a_day__gt=0, minutes_a_day__lte=24 * 60)
                & Q(miles_a_day__gte=0, cents_a_mile__gte=0),
                name="own_costs_are_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}"


class TaxThreshold(models.Model):
    """From which tax year on how much a shop must have been paid for a yearly form. A fact of the
    law that people enter, not a number in the code: it holds until a later year has its own. Law:
    one a year."""

    first_year = models.PositiveSmallIntegerField(unique=True)
    cents = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "tax_threshold"
        ordering = ["first_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gt=0, first_year__gte=2000, first_year__lt=2200),
                name="tax_threshold_is_of_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_year}: {self.cents}"


class BooksCheck(models.Model):
    """What one check of the books found; empty findings are a clean night. Append-only."""

    checked_at = models.DateTimeField()
    is_clean = models.BooleanField()
    findings = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "books_check"
        ordering = ["-checked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d}: {'clean' if self.is_clean else 'off'}"
