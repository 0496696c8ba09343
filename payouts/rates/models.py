"""What a delivered package earns, from when, and how that may change."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Outcome
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from payouts.rates import rules


class RateCard(models.Model):
    """Whose fees: a station's standard, or one shop's own agreement, which goes before it. Law: a
    card belongs to a station or to a shop, and each has at most one."""

    station = models.OneToOneField(
        Station, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_card"
    )
    shop = models.OneToOneField(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_card"
    )

    class Meta:
        db_table = "rate_card"
        constraints = [
            models.CheckConstraint(
                condition=Q(station=None, shop__isnull=False) | Q(station__isnull=False, shop=None),
                name="rate_card_of_a_station_or_a_shop",
            )
        ]

    def __str__(self) -> str:
        return str(self.shop or self.station)

    @property
    def zone(self) -> str:
        """The time zone in which the card's days count."""
        return (self.shop or self.station).zone


class RateKind(models.TextChoices):
    DELIVERY = rules.Kind.DELIVERY, _("Delivered package")
    OVER_CAP = rules.Kind.OVER_CAP, _("Extra for a package beyond the cap")
    TIER = rules.Kind.TIER, _("Extra for many packages in a week")
    PEAK = rules.Kind.PEAK, _("Extra on busy days")
    MINIMUM = rules.Kind.MINIMUM, _("Guaranteed minimum for an open day")


class SizeClass(models.TextChoices):
    SMALL = rules.Size.SMALL, _("small")
    STANDARD = rules.Size.STANDARD, _("standard size")
    LARGE = rules.Size.LARGE, _("large")


class DayClass(models.TextChoices):
    WEEKDAY = rules.DayKind.WEEKDAY, _("weekday")
    WEEKEND = rules.DayKind.WEEKEND, _("weekend")
    HOLIDAY = rules.DayKind.HOLIDAY, _("holiday")


class Priced(models.Model):
    """What a line of a card is about, and what it pays: the same columns in the card in force and
    in a change of it. Empty means: whichever."""

    kind = models.CharField(max_length=20, choices=RateKind.choices, default=RateKind.DELIVERY)
    outcome = models.CharField(
        max_length=20, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    size = models.CharField(
        max_length=10, choices=SizeClass.choices, blank=True, default="", db_default=""
    )
    day_kind = models.CharField(
        max_length=10, choices=DayClass.choices, blank=True, default="", db_default=""
    )
    beyond = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("packages of a week before a tier begins")
    )
    amount_cents = models.PositiveIntegerField()

    class Meta:
        abstract = True


def asks_what_its_kind_may(name: str) -> models.CheckConstraint:
    """Only a fee tells packages apart, and exactly a tier begins beyond a number."""
    return models.CheckConstraint(
        condition=(Q(kind=RateKind.DELIVERY) | Q(outcome="", size="", day_kind=""))
        & (Q(kind=RateKind.TIER, beyond__gt=0) | (~Q(kind=RateKind.TIER) & Q(beyond=0))),
        name=name,
    )


class ChangeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published, waits for a second person")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RateChange(models.Model):
    """A new version of a card on its way: drafted, published with what it means for every shop,
    approved by a second person, in force by itself on `effective_on`. Laws: approver ≠ author;
    what lowers any shop keeps its notice; what was published stands still (trigger); one at a time
    a card."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="changes")
    status = models.CharField(
        max_length=10, choices=ChangeStatus.choices, default=ChangeStatus.DRAFT
    )
    effective_on = models.DateField(help_text=_("the first day it holds"))
    reason = models.CharField(max_length=300, help_text=_("shops read it"))
    lowers = models.BooleanField(default=False, help_text=_("some shop could earn less"))
    notice_days = models.PositiveSmallIntegerField(default=0)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_on = models.DateField(null=True, help_text=_("by the station's calendar"))
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rate_change"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("published_by"))),
                name="rate_change_second_person_approves",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None)
                | Q(lowers=False)
                | Q(
                    effective_on__gte=ExpressionWrapper(
                        F("published_on") + F("notice_days"), output_field=models.DateField()
                    )
                ),
                name="rate_change_keeps_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(effective_on__gt=F("published_on")),
                name="rate_change_reaches_no_day_that_began",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ChangeStatus.DRAFT,
                    published_at=None,
                    approved_at=None,
                    withdrawn_at=None,
                )
                | Q(
                    status=ChangeStatus.PUBLISHED,
                    published_at__isnull=False,
                    approved_at=None,
                    withdrawn_at=None,
                )
                | Q(
                    status=ChangeStatus.APPROVED,
                    published_at__isnull=False,
                    approved_at__isnull=False,
                    withdrawn_at=None,
                )
                | Q(status=ChangeStatus.WITHDRAWN, approved_at=None, withdrawn_at__isnull=False),
                name="rate_change_status_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, published_on=None)
                | Q(
                    published_at__isnull=False,
                    published_by__isnull=False,
                    published_on__isnull=False,
                ),
                name="rate_change_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="rate_change_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(status__in=[ChangeStatus.DRAFT, ChangeStatus.PUBLISHED]),
                name="rate_change_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.effective_on}"


class ChangeLine(Priced):
    """One line of a change. Law: written while it is a draft, never afterwards (trigger). A peak
    has its days; every other line holds from the day the change does."""

    change = models.ForeignKey(RateChange, on_delete=models.PROTECT, related_name="lines")
    first_on = models.DateField(null=True)
    end_on = models.DateField(null=True, help_text=_("the first day after it"))

    class Meta:
        db_table = "rate_change_line"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "kind", "outcome", "size", "day_kind", "beyond", "first_on"],
                nulls_distinct=False,
                name="rate_change_line_once",
            ),
            asks_what_its_kind_may("rate_change_line_asks_what_its_kind_may"),
            models.CheckConstraint(
                condition=Q(
                    kind=RateKind.PEAK,
                    first_on__isnull=False,
                    end_on__isnull=False,
                    end_on__gt=F("first_on"),
                )
                | (~Q(kind=RateKind.PEAK) & Q(first_on=None, end_on=None)),
                name="rate_change_line_peak_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount_cents}"


class RateEffect(models.Model):
    """What a published change means for one shop, counted on its own last twelve weeks: what they
    earned then, what they would earn by the card in force, and by the new one. Laws: one a change
    and shop; append-only."""

    change = models.ForeignKey(RateChange, on_delete=models.PROTECT, related_name="effects")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="rate_effects")
    packages = models.PositiveIntegerField()
    then_cents = models.BigIntegerField()
    now_cents = models.BigIntegerField()
    new_cents = models.BigIntegerField()

    class Meta:
        db_table = "rate_effect"
        ordering = ["change", "shop"]
        constraints = [
            models.UniqueConstraint(fields=["change", "shop"], name="rate_effect_once"),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.difference_cents}"

    @property
    def difference_cents(self) -> int:
        """What the new card would have changed."""
        return self.new_cents - self.now_cents

    @property
    def less_cents(self) -> int:
        """How much less it would have been."""
        return max(0, self.now_cents - self.new_cents)


class AnswerKind(models.TextChoices):
    ACCEPTED = "accepted", _("accepts the new card")
    PAUSES = "pauses", _("pauses from that day")
    LEAVES = "leaves", _("leaves from that day")


class RateAnswer(models.Model):
    """What a shop said to a published change. A later answer takes the place of an earlier one,
    which stays. Law: append-only, but for `done_at`, when a pause or a leaving began."""

    change = models.ForeignKey(RateChange, on_delete=models.PROTECT, related_name="answers")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="rate_answers")
    answer = models.CharField(max_length=10, choices=AnswerKind.choices)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rate_answer"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=AnswerKind.values), name="rate_answer_is_known"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | ~Q(answer=AnswerKind.ACCEPTED),
                name="rate_answer_accepting_needs_nothing_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.answer}"


class RateQuerySet(models.QuerySet["Rate"]):
    def plain(self) -> "RateQuerySet":
        """Lines that ask nothing of a package."""
        return self.filter(outcome="", size="", day_kind="", beyond=0)


class Rate(Priced):
    """A line of a card in force over a range of local days. Laws: ranges of one card and place
    never overlap; a fee is never negative; a fee falls only by a published change (trigger);
    history is ended, never edited (trigger)."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="rates")
    valid = DateRangeField(help_text=_("first day inclusive, last day exclusive"))
    agreed_at = models.DateTimeField()
    change = models.ForeignKey(
        RateChange, on_delete=models.PROTECT, null=True, blank=True, related_name="rates"
    )

    objects = RateQuerySet.as_manager()

    class Meta:
        db_table = "rate"
        constraints = [
            ExclusionConstraint(
                name="rate_no_overlap",
                expressions=[
                    ("card", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("outcome", RangeOperators.EQUAL),
                    ("size", RangeOperators.EQUAL),
                    ("day_kind", RangeOperators.EQUAL),
                    ("beyond", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="rate_lasts_a_day"),
            asks_what_its_kind_may("rate_asks_what_its_kind_may"),
            models.CheckConstraint(
                condition=~Q(kind=RateKind.PEAK)
                | Q(valid__lower_inf=False, valid__upper_inf=False),
                name="rate_peak_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.amount_cents}"
