"""Partner shops and the people who work for them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops import rules
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
    never promised more than it can take (`daily_minimum` stays within the cap); while it grows into
    its cap, it gets what its newest step says (`ramp_cap`, by the trigger
    `shop_ramp_follows_its_steps`); its status moves only along the table `shop_move`."""

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
    ramp_cap = models.PositiveIntegerField(
        _("most packages a day while it grows into its cap"), null=True, blank=True
    )
    holds_ramp = models.BooleanField(
        _("stays at this number for now"), default=False, db_default=False
    )
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
    opens_at = models.TimeField(_("open from"), null=True, blank=True)
    closes_at = models.TimeField(_("open until"), null=True, blank=True)
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
                condition=Q(opens_at=None, closes_at=None)
                | Q(
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                    opens_at__lt=F("closes_at"),
                ),
                name="shop_opening_hours_are_a_span",
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
    def cap_now(self) -> int:
        """The most packages the shop gets a day as things stand, its own caps of weekdays aside."""
        return rules.least_cap(self.daily_cap, self.ramp_cap)

    @property
    def zone(self) -> str:
        """The station's time zone: the one in which this shop's days count."""
        return self.station.zone


class ShopMove(models.Model):
    """A step that a shop may take: `rules.MOVES` as PostgreSQL knows it, filled by migrations.
    Law: append-only."""

    source = models.CharField(max_length=20, choices=ShopStatus.choices)
    target = models.CharField(max_length=20, choices=ShopStatus.choices)

    class Meta:
        db_table = "shop_move"
        ordering = ["source", "target"]
        constraints = [models.UniqueConstraint(fields=["source", "target"], name="shop_move_once")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


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


class StepReason(models.TextChoices):
    STARTED = "started", _("A new shop starts with few")
    GREW = "grew", _("Good days in a row")
    REACHED = "reached", _("Good days in a row: the agreed cap is reached")
    LIFTED = "lifted", _("We lifted the limit for new shops")


class CapStep(models.Model):
    """A new shop's way into its cap: from this step on it gets at most `cap` packages a day; after
    the last step, all it agreed to. Laws: append-only; the way has one end; a step is positive."""

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="cap_steps", db_index=False
    )
    at = models.DateTimeField()
    day = models.DateField(help_text=_("later days count for the next step"))
    cap = models.PositiveIntegerField()
    reason = models.CharField(max_length=10, choices=StepReason.choices)
    is_last = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        db_table = "cap_step"
        ordering = ["shop", "pk"]
        indexes = [models.Index(fields=["shop", "id"], name="cap_step_of_shop")]
        constraints = [
            models.CheckConstraint(condition=Q(cap__gt=0), name="cap_step_is_positive"),
            models.CheckConstraint(
                condition=Q(reason__in=["started", "grew"], is_last=False)
                | Q(reason__in=["reached", "lifted"], is_last=True),
                name="cap_step_ends_the_way_iff_it_says_so",
            ),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(is_last=True), name="cap_step_last_once"
            ),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(reason="started"), name="cap_step_starts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.cap}"


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
    MANAGER = "manager", _("Manager: runs the day and the team")
    HELPER = "helper", _("Helper: can deliver")


# Who decides about the shop's day and its people. Money, and what is signed, is the owners' alone.
RUNNING_THE_DAY = [MemberRole.OWNER, MemberRole.MANAGER]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """People who may act for the shop now."""
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A person works for a shop. Laws: at most one current membership a person and shop, in a role
    that we know; it ends, it is never deleted."""

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
            ),
            models.CheckConstraint(
                condition=Q(role__in=MemberRole.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.shop}"

    @property
    def runs_the_day(self) -> bool:
        """Whether this person decides about the day and the team."""
        return self.role in RUNNING_THE_DAY


class TeamLinkQuerySet(models.QuerySet["TeamLink"]):
    def working(self, at: dt.datetime) -> "TeamLinkQuerySet":
        """Neither used nor taken back nor run out."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at)


class TeamLink(models.Model):
    """An address by which one person may join a shop's team, as a QR code or sent from phone to
    phone. It is signed, not kept. Laws: it lets in one person, for some days; it never makes an
    owner; what was used can't be taken back."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="team_links")
    role = models.CharField(max_length=10, choices=MemberRole.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = TeamLinkQuerySet.as_manager()

    class Meta:
        db_table = "team_link"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[MemberRole.MANAGER, MemberRole.HELPER]),
                name="team_link_makes_no_owner",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None)
                | Q(used_at__isnull=False, used_by__isnull=False, revoked_at=None),
                name="team_link_used_by_somebody_or_not_at_all",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="team_link_works_for_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.role}"


class WeekdayCap(models.Model):
    """From a day on, a shop takes at most so many packages on one weekday; empty: as many as on any
    other. A later row takes the place of an earlier one, which stays. Laws: one a shop, weekday and
    first day; at least one package. Above the shop's own cap it changes nothing."""

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, related_name="weekday_caps", db_index=False
    )
    weekday = models.PositiveSmallIntegerField(help_text=_("1 is Monday"))
    cap = models.PositiveIntegerField(null=True)
    from_day = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "weekday_cap"
        ordering = ["shop", "weekday", "from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "weekday", "from_day"], name="weekday_cap_once"
            ),
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7), name="weekday_cap_is_of_a_weekday"
            ),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(cap__gte=1), name="weekday_cap_takes_a_package"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.weekday} {self.cap}"


class Pause(models.Model):
    """A shop gets no packages from `first_day` through `last_day`, or until it says otherwise. Its
    status follows at the cut-off before each of these days. Laws: one at a time a shop; its days
    are in order."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="pauses")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shop_pause"
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(ended_at=None), name="shop_pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="shop_pause_days_are_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.first_day}"


class LeavingReason(models.TextChoices):
    TIME = "time", _("No time for it")
    PAY = "pay", _("It pays too little")
    MOVING = "moving", _("The shop moves or closes")
    WORK = "work", _("The packages or the doors did not suit us")
    OTHER = "other", _("Something else")


class Leaving(models.Model):
    """A shop leaves, free of charge: it gets packages through `last_day`, delivers or gives back
    what it holds, and is closed once its last pay is settled. Laws: one at a time a shop; it may
    stay after all until it began; closed only after it began."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="leavings")
    last_day = models.DateField()
    reason = models.CharField(max_length=10, choices=LeavingReason.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shop_leaving"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop"],
                condition=Q(withdrawn_at=None, closed_at=None),
                name="shop_leaving_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(begun_at=None),
                name="shop_leaving_withdrawn_before_it_began",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(begun_at__isnull=False),
                name="shop_leaving_began_before_it_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.last_day}"


class FactsChangeStatus(models.TextChoices):
    WAITING = "waiting", _("We are looking at it")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Taken back")


class FactsChange(models.Model):
    """A shop asks to go by another name or to be at another address; what was true stays true until
    staff say yes. Laws: one waits at a time a shop; decided exactly when it has a person and a
    moment; a no says why."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="facts_changes")
    name = models.CharField(_("name"), max_length=120)
    address1 = models.CharField(_("street"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP code"), max_length=10)
    before = models.JSONField(default=dict, help_text=_("the same facts as they were"))
    status = models.CharField(
        max_length=10, choices=FactsChangeStatus.choices, default=FactsChangeStatus.WAITING
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField(max_length=300, blank=True)

    FACTS = ("name", "address1", "city", "state", "postal_code")

    class Meta:
        db_table = "facts_change"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(status="waiting"), name="facts_change_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["accepted", "refused"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | (
                    Q(status__in=["waiting", "withdrawn"])
                    & Q(decided_at=None, decided_by=None, answer="")
                ),
                name="facts_change_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(answer=""), name="facts_change_refused_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.status}"
