"""What shows that something happened at a door, and how much of it is asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class ProofKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    SIGNATURE = "signature", _("Signature")
    CODE = "code", _("Code from the recipient")
    PLACE = "place", _("Place")


class Level(models.TextChoices):
    """How much a kind of proof is asked for."""

    OFF = "off", _("Not asked")
    ON = "on", _("Offered")
    WARN = "warn", _("Asked, may be passed over")
    REQUIRED = "required", _("Needed")


class ProofRule(models.Model):
    """What a station asks of its shops, or of one of them. A shop's own rule stands over its
    station's; what a package itself requires stands over both. Law: one rule a station, shop and
    kind."""

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="proof_rules", db_index=False
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="proof_rules"
    )
    kind = models.CharField(max_length=10, choices=ProofKind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)

    class Meta:
        db_table = "proof_rule"
        ordering = ["station", "shop", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "shop", "kind"],
                name="proof_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProofKind.values, level__in=Level.values),
                name="proof_rule_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.level}"


class Proof(models.Model):
    """One thing that shows an act: a photo or a signature (a file in the private storage), or a
    code that the recipient told. It may come before its act or after it, so it names the act by the
    id that the phone gave it. Laws: the same thing for the same act is kept once; only pictures
    have a file, and each has one; it is never changed or deleted but for forgetting its file
    (trigger)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="proofs", db_index=False)
    act_id = models.UUIDField(help_text=_("the act it shows"))
    kind = models.CharField(max_length=10, choices=ProofKind.choices)
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of the bytes as they were sent")
    )
    file = models.CharField(max_length=120, blank=True, help_text=_("name in the private storage"))
    width = models.PositiveSmallIntegerField(null=True)
    height = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveIntegerField(null=True, help_text=_("bytes that are kept"))
    said = models.CharField(max_length=80, blank=True, help_text=_("who signed, or the code"))
    is_good = models.BooleanField(
        null=True, help_text=_("whether the code was right, or the phone found the photo sharp")
    )
    taken_at = models.DateTimeField(null=True, help_text=_("the phone's clock"))
    received_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "proof"
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["act_id", "kind", "fingerprint"], name="proof_of_an_act_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["photo", "signature"])
                & ~Q(fingerprint="")
                & Q(width__isnull=False, height__isnull=False, size__isnull=False)
                | Q(kind="code", fingerprint="", file="", is_good__isnull=False),
                name="proof_is_a_picture_or_a_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.act_id}"
