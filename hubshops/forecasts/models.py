"""What was said about the days to come, kept so that it can be compared with what came."""

from django.db import models
from django.db.models import F, Q

from hubshops.shops.models import Shop


class Forecast(models.Model):
    """What was said on the evening of `made_on` about one shop's `day`. Laws: it is said once, of a
    day that is still to come, and the middle lies between low and high."""

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, related_name="forecasts", db_index=False
    )
    day = models.DateField()
    made_on = models.DateField()
    low = models.PositiveIntegerField()
    middle = models.PositiveIntegerField()
    high = models.PositiveIntegerField()

    class Meta:
        db_table = "forecast"
        ordering = ["shop", "day", "made_on"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "day", "made_on"], name="forecast_once"),
            models.CheckConstraint(
                condition=Q(low__lte=F("middle")) & Q(middle__lte=F("high")),
                name="forecast_is_a_band",
            ),
            models.CheckConstraint(condition=Q(day__gt=F("made_on")), name="forecast_looks_ahead"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.low}–{self.high}"
