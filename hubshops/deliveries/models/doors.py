"""Deliveries, and the words for why and where."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import Package, PackageEvent
from hubshops.shops.models import Shop


class FaultClass(models.TextChoices):
    CARRIER = "carrier", _("Carrier")
    SHIPPER = "shipper", _("Shipper")
    RECIPIENT = "recipient", _("Recipient")
    SHOP = "shop", _("Shop")
    NEUTRAL = "neutral", _("Nobody")
    UNKNOWN = "unknown", _("Unknown")


class NextStep(models.TextChoices):
    RETRY = "retry", _("Keep it. Try again tomorrow.")
    RETURN = "return", _("Give it back to the driver with the next drop.")
    SEARCH = "search", _("Look for it; the station looks too.")


# The labels the table starts with, so that translators find them.
REASON_LABELS = [
    gettext_noop("Nobody home"),
    gettext_noop("They refused it"),
    gettext_noop("Wrong address"),
    gettext_noop("I can't find the door"),
    gettext_noop("I can't get in"),
    gettext_noop("No safe place to leave it"),
    gettext_noop("Business closed"),
    gettext_noop("They asked for another day"),
    gettext_noop("The package is damaged"),
    gettext_noop("The package is missing"),
    gettext_noop("Holiday"),
    gettext_noop("Bad weather"),
    gettext_noop("Road closed"),
    gettext_noop("No time left today"),
    gettext_noop("Trouble with the car or bike"),
    gettext_noop("Accident"),
    gettext_noop("Nobody to deliver"),
    gettext_noop("Not meant for this shop"),
    gettext_noop("Entered by mistake"),
]


class Reason(models.Model):
    """Why a package was not delivered: its words, who answers for it and what happens next. Staff
    edit this table without a release."""

    code = models.CharField(max_length=20, primary_key=True)
    label = models.CharField(max_length=80)
    x12_code = models.CharField(max_length=2, blank=True)
    fault_class = models.CharField(max_length=10, choices=FaultClass.choices)
    evidence = models.CharField(max_length=20, blank=True)
    is_paid = models.BooleanField(default=False)
    next_step = models.CharField(max_length=10, choices=NextStep.choices, default=NextStep.RETRY)
    is_at_the_door = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "reason"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The label in the reader's language; one that staff wrote is shown as they wrote it."""
        return gettext(self.label)


class Outcome(models.TextChoices):
    """To whom or where a package was left."""

    HANDED_TO_RESIDENT = "handed_to_resident", _("Handed to the resident")
    FRONT_DOOR = "front_door", _("Front door")
    MAIL_ROOM = "mail_room", _("Mail room")
    RECEPTIONIST = "receptionist", _("Receptionist")
    NEIGHBOUR = "neighbour", _("Neighbor")
    SAFE_PLACE = "safe_place", _("Safe place")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def standing(self) -> "DeliveryQuerySet":
        """Deliveries that no amendment took back."""
        return self.filter(voided_by=None)


class Delivery(models.Model):
    """A package reached its door: the fact that earns a fee. Laws: at most one standing delivery a
    package; an event makes at most one delivery; never deleted, so that fees may refer to it.
    `delivered_on` is the local day in the station's zone, worked out once."""

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    event = models.OneToOneField(PackageEvent, on_delete=models.PROTECT, related_name="delivery")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    delivered_at = models.DateTimeField()
    delivered_on = models.DateField()
    voided_by = models.ForeignKey(
        PackageEvent, on_delete=models.PROTECT, null=True, related_name="voided", db_index=False
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(F("shop"), F("delivered_on"), name="delivery_shop_day"),
            models.Index(F("id"), name="delivery_voided", condition=Q(voided_by__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["package"],
                condition=Q(voided_by=None),
                name="package_delivered_at_most_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.package_id} on {self.delivered_on}"
