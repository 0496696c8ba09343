"""What a delivered package earns, and from when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class RateCard(models.Model):
    """Whose fees: a station's standard, or one shop's own agreement, which goes before it. Law: a
    card belongs to a station or to a shop, and each has at most one."""

    station = models.OneToOneField(
        Station, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_card"
    )
    shop = models.OneToOneField(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_card"
    )

    class Meta:
        db_table = "rate_card"
        constraints = [
            models.CheckConstraint(
                condition=Q(station=None, shop__isnull=False) | Q(station__isnull=False, shop=None),
                name="rate_card_of_a_station_or_a_shop",
            )
        ]

    def __str__(self) -> str:
        return str(self.shop or self.station)


class RateKind(models.TextChoices):
    DELIVERY = "delivery", _("Delivered package")
    OVER_CAP = "over_cap", _("Extra for a package beyond the cap")


class Rate(models.Model):
    """A fee in force over a range of local days; for a package beyond the cap, what it earns on top
    of the delivery fee. Laws: ranges of one card and kind never overlap; a
    fee is never negative; history is ended, never edited."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="rates")
    kind = models.CharField(max_length=20, choices=RateKind.choices, default=RateKind.DELIVERY)
    amount_cents = models.PositiveIntegerField()
    valid = DateRangeField(help_text=_("first day inclusive, last day exclusive"))
    agreed_at = models.DateTimeField()

    class Meta:
        db_table = "rate"
        constraints = [
            ExclusionConstraint(
                name="rate_no_overlap",
                expressions=[
                    ("card", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="rate_lasts_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.amount_cents}"
