"""Depots that feed shops."""

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.stations import rules


class Station(models.Model):
    """A depot of the operator: a code, a place, a time zone and a daily cut-off."""

    code = models.CharField(
        max_length=12, unique=True, validators=[RegexValidator(r"^[A-Z0-9-]{2,12}$")]
    )
    name = models.CharField(_("name"), max_length=80)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state"), max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    zone = models.CharField(max_length=40)
    cutoff_time = models.TimeField(default=dt.time(20))
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "station"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90)
                & Q(longitude__gte=-180, longitude__lte=180),
                name="station_is_on_the_globe",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def cut_off(self, day: dt.date) -> dt.datetime:
        """Until when a shop can still change what it does on `day`."""
        return rules.cut_off(day, self.cutoff_time, self.zone)
