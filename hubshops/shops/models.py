"""Partner shops and the people who work for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station


class ShopStatus(models.TextChoices):
    PREPARING = "preparing", _("Getting ready")
    LIVE = "live", _("Live")
    PAUSED = "paused_by_shop", _("Paused by the shop")
    SUSPENDED = "suspended", _("Suspended")
    OFFBOARDING = "offboarding", _("Leaving")
    CLOSED = "closed", _("Closed")


class TravelMode(models.TextChoices):
    """How a shop reaches doors."""

    WALK = "walk", _("On foot")
    BIKE = "bike", _("By bike or cart")
    CAR = "car", _("By car or van")


class ShopQuerySet(models.QuerySet["Shop"]):
    def live(self) -> "ShopQuerySet":
        """Shops that receive packages."""
        return self.filter(status=ShopStatus.LIVE)

    def of_station(self, code: str) -> "ShopQuerySet":
        """Shops fed by one station."""
        return self.filter(station__code=code)


class Shop(models.Model):
    """A small business that receives a daily drop and delivers it to doors nearby. Laws: its daily
    cap and its radius are promises (positive numbers that only its people or staff change); it was
    never promised more than it can take (`daily_minimum` stays within the cap)."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="shops")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    trade = models.CharField(_("trade"), max_length=60)
    contact_name = models.CharField(_("contact name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30)
    address1 = models.CharField(_("street"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP code"), max_length=10)
    latitude = models.FloatField()
    longitude = models.FloatField()
    radius_m = models.PositiveIntegerField(_("service radius in metres"))
    daily_cap = models.PositiveIntegerField(_("most packages a day"))
    weekdays = models.CharField(_("weekdays"), max_length=7, help_text=_("1 is Monday"))
    daily_minimum = models.PositiveIntegerField(
        _("fewest packages a day agreed"), default=0, help_text=_("0 when none was agreed")
    )
    takes_overflow = models.BooleanField(_("may be asked to take more than its cap"), default=False)
    max_weight_g = models.PositiveIntegerField(
        _("heaviest package in grams"), null=True, blank=True
    )
    max_side_mm = models.PositiveIntegerField(
        _("longest side of a package in millimetres"), null=True, blank=True
    )
    takes_signature = models.BooleanField(_("takes packages that need a signature"), default=True)
    takes_code = models.BooleanField(_("takes packages that need a code"), default=True)
    travel_mode = models.CharField(
        _("how it gets around"), max_length=10, choices=TravelMode.choices, default=TravelMode.WALK
    )
    busy_from = models.TimeField(_("busy at the counter from"), null=True, blank=True)
    busy_until = models.TimeField(_("busy at the counter until"), null=True, blank=True)
    status = models.CharField(max_length=20, choices=ShopStatus.choices, default=ShopStatus.LIVE)
    opened_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        db_table = "shop"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__gt=0, daily_cap__gt=0), name="shop_promises_are_positive"
            ),
            models.CheckConstraint(
                condition=Q(daily_minimum__lte=F("daily_cap")), name="shop_minimum_within_cap"
            ),
            models.CheckConstraint(
                condition=Q(busy_from=None, busy_until=None)
                | Q(
                    busy_from__isnull=False,
                    busy_until__isnull=False,
                    busy_from__lt=F("busy_until"),
                ),
                name="shop_busy_hours_are_a_span",
            ),
            models.CheckConstraint(
                condition=Q(travel_mode__in=TravelMode.values), name="shop_travel_mode_is_known"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__regex=r"^1?2?3?4?5?6?7?$") & ~Q(weekdays=""),
                name="shop_weekdays_are_days",
            ),
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90)
                & Q(longitude__gte=-180, longitude__lte=180),
                name="shop_is_on_the_globe",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        """The station's time zone: the one in which this shop's days count."""
        return self.station.zone


class SuspensionReason(models.TextChoices):
    """Why a shop gets no packages although it would take them."""

    PAPERS = "papers", _("A paper has run out")


class Suspension(models.Model):
    """A shop gets no packages for a reason that is not its own, until the reason is gone. Laws: of
    one reason one stands at a time; a shop with one that stands is suspended, or ends."""

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="suspensions", db_index=False
    )
    reason = models.CharField(max_length=20, choices=SuspensionReason.choices)
    status_before = models.CharField(max_length=20, choices=ShopStatus.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "shop_suspension"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "reason"],
                condition=Q(ended_at=None),
                name="shop_suspended_once_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=SuspensionReason.values),
                name="shop_suspension_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.reason}"


class DayOff(models.Model):
    """A day on which a shop takes no packages. Law: a day is off once."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="days_off")
    day = models.DateField()

    class Meta:
        db_table = "day_off"
        ordering = ["shop", "day"]
        constraints = [models.UniqueConstraint(fields=["shop", "day"], name="day_off_once")]

    def __str__(self) -> str:
        return f"{self.shop}: {self.day}"


class MemberRole(models.TextChoices):
    OWNER = "owner", _("Owner: can also see money")
    HELPER = "helper", _("Helper: can deliver")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """People who may act for the shop now."""
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A person works for a shop. Law: at most one current membership a person and shop; it ends,
    it is never deleted."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=MemberRole.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "user"],
                condition=Q(ended_at=None),
                name="membership_current_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.shop}"
