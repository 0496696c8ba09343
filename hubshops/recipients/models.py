"""What was said to recipients, at which stations, and who wants to hear nothing."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import Package
from hubshops.recipients.rules import Kind
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.notifications.models import Text


class StationTexts(models.Model):
    """Whether recipients of a station's packages get texts, and in which language: its feed does
    not say which one a recipient reads. A station without a row sends none."""

    station = models.OneToOneField(
        Station, on_delete=models.PROTECT, primary_key=True, related_name="recipient_texts"
    )
    is_on = models.BooleanField(default=False)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "station_texts"
        ordering = ["station"]

    def __str__(self) -> str:
        return f"{self.station_id}: {self.is_on}"


class TextStop(models.Model):
    """A number to which nothing is sent any more. We keep its fingerprint, so that no list shows
    who asked. Law: a number stops once."""

    fingerprint = models.CharField(max_length=64, unique=True, help_text=_("of the number"))
    since = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "text_stop"
        ordering = ["-since", "pk"]

    def __str__(self) -> str:
        return self.fingerprint[:8]


class MessageKind(models.TextChoices):
    OUT = Kind.OUT.value, _("Comes today")
    LEFT = Kind.LEFT.value, _("Was delivered")
    TRIED = Kind.TRIED.value, _("Could not be delivered")


class Silence(models.TextChoices):
    """Why nothing was sent."""

    NO_NUMBER = "no_number", _("No number that takes texts")
    STOPPED = "stopped", _("Asked for no texts")


class RecipientMessage(models.Model):
    """Something that happened to a package, said to whom it is for, or not said for a reason. Laws:
    one a package, kind and local day, however often the act is corrected; there is a text or a
    silence."""

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    day = models.DateField(help_text=_("of the act, by the station's clock"))
    written_at = models.DateTimeField()
    text = models.OneToOneField(Text, on_delete=models.PROTECT, null=True, related_name="message")
    silence = models.CharField(max_length=10, blank=True, choices=Silence.choices)

    class Meta:
        db_table = "recipient_message"
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["-written_at", "-id"], name="recipient_message_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "kind", "day"], name="recipient_message_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MessageKind.values), name="recipient_message_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(text__isnull=False, silence="")
                | Q(text=None, silence__in=Silence.values),
                name="recipient_message_is_text_or_silence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.package_id}"
