"""Which shop delivers which package, and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hubshops.packages.models import Package
from hubshops.shops.models import Shop


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
