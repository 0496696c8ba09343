"""What phones told that does not fit together, kept until it is decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import Package, PackageEvent
from hubshops.shops.models import Shop


class ConflictKind(models.TextChoices):
    DELIVERED_AGAIN = "delivered_again", _("Two phones delivered it")
    ATTEMPTED_TOO = "attempted_too", _("One phone delivered it, another could not")


class Conflict(models.Model):
    """Two events of a package, from two phones or two people, that can't both be the whole truth.
    The first one stands until somebody decides. Laws: an event contradicts the same event once; a
    row is never changed (trigger)."""

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="conflicts", db_index=False
    )
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=20, choices=ConflictKind.choices)
    stands = models.ForeignKey(
        PackageEvent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    contradicts = models.ForeignKey(
        PackageEvent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    noticed_at = models.DateTimeField()

    class Meta:
        db_table = "conflict"
        ordering = ["pk"]
        indexes = [models.Index(fields=["package"], name="conflict_package")]
        constraints = [
            models.UniqueConstraint(fields=["contradicts", "stands"], name="conflict_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ConflictKind.values), name="conflict_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.package_id}"


class StrayAct(models.Model):
    """An act that a phone told of a package which was not the shop's then: it changes no package,
    and is kept for whoever decides. Laws: an act strays once; a row is never changed (trigger)."""

    act_id = models.UUIDField(unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="stray_acts")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="stray_acts")
    act = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=500, blank=True)
    cause = models.CharField(max_length=30, help_text=_("why it was not recorded as an event"))
    happened_at = models.DateTimeField(help_text=_("the phone's clock"))
    received_at = models.DateTimeField(help_text=_("our clock"))
    device_id = models.UUIDField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "stray_act"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.package_id}"
