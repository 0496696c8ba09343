"""Cases: something that does not add up, and who has to answer."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from kernel import clock


class CaseKind(models.TextChoices):
    DROP = "drop", _("A drop that does not add up")
    OVER = "over", _("A package nobody announced")
    DAMAGED = "damaged", _("A damaged package")
    OVER_CAP = "over_cap", _("More packages than agreed")
    CONFLICT = "conflict", _("Two phones disagree about a package")
    STRAY = "stray", _("Work on a package of another shop")
    GAP = "gap", _("The day's books have a gap")
    UNSENT = "unsent", _("A phone holds unsent work")
    PROOF = "proof", _("A needed proof is missing")


class CaseStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("case", "Open")
    WAITING_SHOP = "waiting_shop", _("Waits for the shop")
    WAITING_OPS = "waiting_ops", _("Waits for the operator")
    WAITING_RECIPIENT = "waiting_recipient", _("Waits for the recipient")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", pgettext_lazy("case", "Closed")


STANDING = [
    CaseStatus.OPEN,
    CaseStatus.WAITING_SHOP,
    CaseStatus.WAITING_OPS,
    CaseStatus.WAITING_RECIPIENT,
]


class Case(models.Model):
    """One thing to settle between a shop and the operator. The fact behind it is named by `cause`
    (`drop:17`, `conflict:4`, `gap:12:2026-11-20`), so a sweep that finds the fact twice opens one
    case. A case never costs a shop anything by itself. Laws: a cause is one case; one that is
    settled says how, when and by whom."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="cases", db_index=False)
    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    cause = models.CharField(max_length=80, unique=True)
    service_day = models.DateField()
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="cases")
    facts = models.JSONField(default=dict, help_text=_("numbers and names that words are made of"))
    status = models.CharField(max_length=20, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("silence beyond this decides for the shop"))
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    resolution = models.CharField(max_length=500, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("nobody: time ran out, in the shop's favor"),
    )

    class Meta:
        db_table = "shop_case"
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["shop", "-opened_at"], name="case_shop"),
            models.Index(fields=["due_at"], name="case_standing", condition=Q(status__in=STANDING)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values, status__in=CaseStatus.values),
                name="case_words_are_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["resolved", "closed"], resolved_at__isnull=False)
                    & ~Q(resolution="")
                )
                | Q(status__in=STANDING, resolved_at=None, resolution=""),
                name="case_settled_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.cause

    @property
    def due_on(self) -> dt.date:
        """The last day, where the shop is, on which an answer is in time."""
        return clock.local_day(self.due_at - dt.timedelta(seconds=1), self.shop.zone)


class CaseEntry(models.Model):
    """One line of a case's story: who said or did what. Laws: append-only (trigger)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    said_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_from_shop = models.BooleanField(default=False)
    status = models.CharField(
        max_length=20, choices=CaseStatus.choices, help_text=_("the case's status from then on")
    )
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "case_entry"
        ordering = ["said_at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.status}"

    @property
    def is_claim(self) -> bool:
        """Somebody took the case, and nothing else: all that staff or a shop say has words."""
        return bool(self.by_id) and not self.text and self.status in STANDING
