"""Depots that feed shops, and the keys of their own systems."""

import datetime as dt

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
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
    plans_at = models.TimeField(
        null=True,
        blank=True,
        help_text=_("when the day is planned by itself, by the station's clock; empty: by hand"),
    )
    drops_from = models.TimeField(
        null=True, blank=True, help_text=_("when vans reach shops at the earliest; empty: unknown")
    )
    drops_until = models.TimeField(null=True, blank=True, help_text=_("and at the latest"))
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "station"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90)
                & Q(longitude__gte=-180, longitude__lte=180),
                name="station_is_on_the_globe",
            ),
            models.CheckConstraint(
                condition=Q(drops_from=None, drops_until=None)
                | Q(
                    drops_from__isnull=False,
                    drops_until__isnull=False,
                    drops_from__lt=F("drops_until"),
                ),
                name="station_drop_hours_are_a_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def cut_off(self, day: dt.date) -> dt.datetime:
        """Until when a shop can still change what it does on `day`."""
        return rules.cut_off(day, self.cutoff_time, self.zone)


class StationKeyQuerySet(models.QuerySet["StationKey"]):
    def working(self, at: dt.datetime) -> "StationKeyQuerySet":
        """Neither revoked nor run out."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class StationKey(models.Model):
    """What a station's own system proves itself with. The key is shown once; we keep its SHA-256,
    which is enough for 256 random bits: there is nothing to guess that a slow hash would slow down.
    Laws: a hash is one key; a name is one working key of a station."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=60)
    shown = models.CharField(max_length=12, help_text=_("how the key starts"))
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = StationKeyQuerySet.as_manager()

    class Meta:
        db_table = "station_key"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["hash"], name="station_key_hash_once"),
            models.UniqueConstraint(
                fields=["station", "name"],
                name="station_key_name_once",
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("made_at")),
                name="station_key_works_for_a_while",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False),
                name="station_key_revoked_by_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def state(self, at: dt.datetime) -> str:
        """`revoked`, `expired` or `working`."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= at else "working"
