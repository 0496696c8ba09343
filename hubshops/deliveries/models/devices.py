"""The phones on which a shop's people work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop


class Device(models.Model):
    """A phone that works for a shop, as it told of itself with its last sync. It makes its own key,
    one for each shop it works for. Laws: a key is one device of a shop; what it says it still holds
    is not less than nothing."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="devices", db_index=False)
    key = models.UUIDField(help_text=_("made by the phone"))
    name = models.CharField(max_length=60, blank=True, help_text=_("kind of phone"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="devices"
    )
    protocol = models.PositiveSmallIntegerField(help_text=_("version of the sync it speaks"))
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    last_sequence = models.BigIntegerField(default=0)
    unsent = models.PositiveIntegerField(default=0, help_text=_("acts it still held then"))
    unsent_photos = models.PositiveIntegerField(default=0)
    oldest_unsent_at = models.DateTimeField(null=True)
    skew_s = models.FloatField(default=0, help_text=_("its clock minus ours, in seconds"))

    class Meta:
        db_table = "device"
        ordering = ["shop", "-last_seen_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="device_once_a_shop"),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=models.F("first_seen_at")),
                name="device_was_seen_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.name}"
