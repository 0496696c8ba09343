"""How a shop's day ended: what its people said, and what the books say."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop


class DayClose(models.Model):
    """A person closed a shop's day: her phone's counts beside ours at that moment. Laws: a phone's
    closing is kept once; a row is never changed (trigger); closing again is another row."""

    id = models.UUIDField(primary_key=True, help_text=_("made by the phone"))
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="closings")
    day = models.DateField()
    closed_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device_id = models.UUIDField(null=True)
    phone_counts = models.JSONField(help_text=_("received, delivered, returned, on_hand, missing"))
    our_counts = models.JSONField(help_text=_("the same, as we had them"))
    agrees = models.BooleanField(help_text=_("whether both say the same"))

    class Meta:
        db_table = "day_close"
        ordering = ["-closed_at", "pk"]
        indexes = [models.Index(fields=["shop", "day"], name="day_close_shop_day")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class DayCheck(models.Model):
    """What the check of the night found in a shop's day. `gap` is what was received and is neither
    delivered, returned, on hand nor missing under inquiry. Laws: a shop-day is checked once a
    night; the gap is what the counts say."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="day_checks")
    day = models.DateField()
    checked_at = models.DateTimeField()
    received = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    on_hand = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    not_counted_in = models.PositiveIntegerField(
        help_text=_("on the manifest, neither received nor said to be short")
    )
    gap = models.GeneratedField(
        expression=F("received") - F("delivered") - F("returned") - F("on_hand") - F("missing"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    unsent_devices = models.JSONField(
        default=list, help_text=_("phones that still held acts, by name, with how many")
    )

    class Meta:
        db_table = "day_check"
        ordering = ["-day", "shop"]
        constraints = [models.UniqueConstraint(fields=["shop", "day"], name="day_checked_once")]
        indexes = [models.Index(fields=["day"], name="day_check_gap", condition=~Q(gap=0))]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"
