"""What changes a shop's pay beside its deliveries: adjustments, deductions, holds and disputes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubshops.cases.models import Case
from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from payouts.adjustments.rules import ALONE_UP_TO_CENTS, GIVING_UP, HOLD_TIME, TIME_RAN_OUT, Why
from payouts.ledger.models import Entry


class Reason(models.TextChoices):
    FEE_MISSING = Why.FEE_MISSING, _("A fee was missing")
    FEE_WRONG = Why.FEE_WRONG, _("A fee was wrong")
    GOODWILL = Why.GOODWILL, _("To make up for trouble")
    BONUS = Why.BONUS, _("A bonus")
    PAID_TWICE = Why.PAID_TWICE, _("Paid twice")
    PACKAGE_LOST = Why.PACKAGE_LOST, _("A package was lost")
    PACKAGE_DAMAGED = Why.PACKAGE_DAMAGED, _("A package was damaged")
    OTHER = Why.OTHER, _("Something else")
    WRITE_OFF = Why.WRITE_OFF, _("Balance of a closed shop written off")
    FORGIVEN = Why.FORGIVEN, _("Rest of a deduction given up")


class AdjustmentStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a decision")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DisputeStatus(models.TextChoices):
    OPEN = "open", _("We look into it")
    GRANTED = "granted", _("You were right")
    DECLINED = "declined", pgettext_lazy("dispute", "Not granted")


def sentence(words: str) -> object:
    """What a person wrote, or the sentence of what the clock did."""
    if words == TIME_RAN_OUT:
        return _("We did not answer your objection in time, so you are right.")
    return words


DECIDED = [AdjustmentStatus.BOOKED, AdjustmentStatus.DECLINED]


class Dispute(models.Model):
    """A shop objects to what one delivery earned, or to a deduction. Laws: it is about exactly one
    of them; one stands at a time; decided exactly when it has a moment. Silence beyond `due_at`
    grants it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="disputes")
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    deduction = models.ForeignKey(
        "Adjustment", on_delete=models.PROTECT, null=True, related_name="objections"
    )
    claimed_cents = models.PositiveIntegerField()
    words = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    due_at = models.DateTimeField(help_text=_("silence beyond this decides for the shop"))
    status = models.CharField(
        max_length=10, choices=DisputeStatus.choices, default=DisputeStatus.OPEN
    )
    answer = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("nobody: time ran out"),
    )

    class Meta:
        db_table = "dispute"
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery=None, deduction__isnull=False)
                | Q(delivery__isnull=False, deduction=None),
                name="dispute_is_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(claimed_cents__gt=0), name="dispute_claims_money"),
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(status="open"), name="dispute_of_a_delivery_once"
            ),
            models.UniqueConstraint(
                fields=["deduction"], condition=Q(status="open"), name="dispute_of_a_deduction_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None, decided_by=None)
                | Q(status="granted", decided_at__isnull=False)
                | (
                    Q(status="declined", decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="dispute_declined_by_a_named_person_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def told(self) -> object:
        """Our answer, in its reader's language when the clock wrote it."""
        return sentence(self.answer)


class Adjustment(models.Model):
    """Money for a shop (positive) or a deduction (negative) that no delivery explains by itself.
    Laws: booked exactly when it has an entry; a deduction is booked by a named person, never by who
    proposed it, after the shop answered or had its time; so is anything above the limit; what is
    settled never changes (trigger)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="adjustments")
    amount_cents = models.IntegerField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    words = models.CharField(max_length=200, help_text=_("what the shop reads"))
    evidence = models.CharField(max_length=1000, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="adjustments")
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, null=True, related_name="adjustments"
    )
    status = models.CharField(
        max_length=10, choices=AdjustmentStatus.choices, default=AdjustmentStatus.PROPOSED
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    answer_until = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    decision = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "adjustment"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="adjustment_is_of_something"),
            models.CheckConstraint(
                condition=Q(status__in=AdjustmentStatus.values, reason__in=Reason.values)
                & ~Q(words=""),
                name="adjustment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status="booked", entry__isnull=False)
                | (~Q(status="booked") & Q(entry=None)),
                name="adjustment_booked_iff_it_has_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False)
                | (~Q(status__in=DECIDED) & Q(decided_at=None, decided_by=None)),
                name="adjustment_decided_iff_it_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status="booked")
                | Q(decided_by__isnull=False)
                | Q(amount_cents__gt=0, dispute__isnull=False),
                name="adjustment_booked_by_a_person_or_by_silence_for_the_shop",
            ),
            models.CheckConstraint(
                condition=~Q(status="booked")
                | (
                    Q(amount_cents__gt=0, amount_cents__lte=ALONE_UP_TO_CENTS)
                    & ~Q(reason__in=[why.value for why in GIVING_UP])
                )
                | Q(decided_by=None)
                | Q(proposed_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="adjustment_above_the_limit_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, answer_until=None)
                | Q(amount_cents__lt=0, answer_until__gt=F("proposed_at")),
                name="adjustment_answer_time_iff_a_deduction",
            ),
            models.CheckConstraint(
                condition=~Q(status="booked")
                | Q(amount_cents__gt=0)
                | Q(answered_at__isnull=False)
                | Q(decided_at__gte=F("answer_until")),
                name="adjustment_heard_before_it_is_booked",
            ),
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(status__in=["proposed", "booked"]),
                name="adjustment_once_a_dispute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.amount_cents}"

    @property
    def told(self) -> object:
        """The words for the shop, in its reader's language when the clock wrote them."""
        return sentence(self.words)

    @property
    def is_deduction(self) -> bool:
        """Whether it takes money from the shop."""
        return self.amount_cents < 0

    @property
    def size_cents(self) -> int:
        """The amount without its sign."""
        return abs(self.amount_cents)

    @property
    def is_open(self) -> bool:
        """Whether nobody decided yet."""
        return self.status == AdjustmentStatus.PROPOSED


class Hold(models.Model):
    """An amount set aside while something is looked into. Laws: placed by a named person with
    words, for thirty days at most; ended exactly when it has a moment; what was taken is not more
    than what was set aside, and was taken for the deduction that it was set aside for, which is of
    the same shop (trigger)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="holds")
    amount_cents = models.PositiveIntegerField()
    words = models.CharField(max_length=200, help_text=_("what the shop reads"))
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("nobody: time ran out"),
    )
    taken_cents = models.PositiveIntegerField(default=0)
    deduction = models.ForeignKey(
        Adjustment,
        on_delete=models.PROTECT,
        null=True,
        related_name="holds",
        help_text=_("the deduction for which it is set aside"),
    )

    class Meta:
        db_table = "hold"
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & ~Q(words=""), name="hold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("placed_at"), until__lte=F("placed_at") + HOLD_TIME),
                name="hold_is_of_thirty_days_at_most",
            ),
            models.CheckConstraint(
                condition=Q(taken_cents=0)
                | Q(ended_at__isnull=False, taken_cents__lte=F("amount_cents")),
                name="hold_takes_no_more_than_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(taken_cents=0) | Q(deduction__isnull=False),
                name="hold_taken_for_its_deduction",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by=None),
                name="hold_ended_by_somebody_once_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.amount_cents}"
