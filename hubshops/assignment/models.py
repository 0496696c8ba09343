"""Which shop delivers which package, and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.assignment.rules import Cause
from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class Answer(models.TextChoices):
    """How an offer ended."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    WITHDRAWN = "withdrawn", _("withdrawn by the station")
    LAPSED = "lapsed", _("not answered in time")


class OverflowOffer(models.Model):
    """The station asks a shop to take `extra` packages beyond its cap on one day. Laws: a shop-day
    has one offer that is open or was accepted; it asks for one package at least; a yes, a no and a
    withdrawal have a person and a time; what is asked never changes, and an end stays the end."""

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="overflow_offers", db_index=False
    )
    service_day = models.DateField()
    extra = models.PositiveIntegerField()
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    answer = models.CharField(max_length=10, blank=True, choices=Answer.choices)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        db_table = "overflow_offer"
        ordering = ["shop", "service_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "service_day"],
                condition=Q(answer__in=["", Answer.YES]),
                name="overflow_offer_once",
            ),
            models.CheckConstraint(condition=Q(extra__gte=1), name="overflow_offer_asks_for_one"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answer=Answer.LAPSED, answered_at__isnull=False, answered_by=None)
                | Q(
                    answer__in=[Answer.YES, Answer.NO, Answer.WITHDRAWN],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="overflow_answer_has_a_person_and_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.service_day} +{self.extra} {self.answer}"


class Assignment(models.Model):
    """One package goes to one shop on one service day. Laws: a package has one shop; a shop-day's
    slots are numbered from one and never pass the cap agreed when the slot was taken, so the cap
    can't be exceeded by two planners at once either. A slot above the cap names the offer to which
    the shop said yes, and stays within it (`assignment_overflow_was_agreed`, a trigger)."""

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
    offer = models.ForeignKey(
        OverflowOffer,
        on_delete=models.PROTECT,
        null=True,
        related_name="assignments",
        db_index=False,
    )

    class Meta:
        db_table = "assignment"
        ordering = ["shop", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "service_day", "slot"], name="assignment_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=F("cap"), offer=None)
                | Q(slot__gt=F("cap"), offer__isnull=False),
                name="assignment_within_cap",
            ),
        ]
        indexes = [  # the few that earn a premium, beside millions that don't
            models.Index(
                fields=["package", "offer"],
                condition=Q(offer__isnull=False),
                name="assignment_overflow",
            )
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
