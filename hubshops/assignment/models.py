"""Which shop delivers which package, and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.assignment.rules import Cause
from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class Assignment(models.Model):
    """One package goes to one shop on one service day. Laws: a package has one shop; a shop-day's
    slots are numbered from one and never pass the cap agreed when the slot was taken, so the cap
    can't be exceeded by two planners at once either."""

    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="assignment")
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    service_day = models.DateField()
    slot = models.PositiveIntegerField()
    cap = models.PositiveIntegerField()
    distance_m = models.PositiveIntegerField()
    explanation = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "assignment"
        ordering = ["shop", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "service_day", "slot"], name="assignment_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1) & Q(slot__lte=F("cap")), name="assignment_within_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} -> {self.shop_id}"


class BoardChange(models.TextChoices):
    MOVED = "moved", _("moved")
    TAKEN_OFF = "taken_off", _("taken off their shops")
    UNDONE = "undone", _("put back")
    PUBLISHED = "published", _("published")


class DayBoard(models.Model):
    """The number of a station's day as dispatchers see it: each change of who delivers what raises
    it, and who saw a lower number must look again. `back` says where the packages of the last move
    came from (package, shop or nothing), so that it can be undone. Law: one a station and day."""

    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, related_name="boards", db_index=False
    )
    service_day = models.DateField()
    version = models.PositiveIntegerField(default=0)
    change = models.CharField(max_length=10, blank=True, choices=BoardChange.choices)
    packages = models.PositiveIntegerField(default=0)
    back = models.JSONField(default=list)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False
    )

    class Meta:
        db_table = "day_board"
        constraints = [
            models.UniqueConstraint(fields=["station", "service_day"], name="day_board_once"),
            models.CheckConstraint(
                condition=Q(change__in=["", *BoardChange.values]), name="day_board_change_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.service_day} v{self.version}"


class UnplacedPackage(models.Model):
    """What the last planning found for a package that got no shop: its cause, and what the shops
    could take then (`rooms`, a fingerprint), so that pages know without solving whether a new plan
    is worth a try. Law: one finding a package, with a known cause."""

    package = models.OneToOneField(
        Package, on_delete=models.CASCADE, primary_key=True, related_name="unplaced"
    )
    cause = models.CharField(max_length=20)
    rooms = models.CharField(max_length=32)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "unplaced_package"
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=[cause.value for cause in Cause]),
                name="unplaced_package_cause_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.package_id}: {self.cause}"
