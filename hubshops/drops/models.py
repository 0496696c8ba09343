"""The hand-over at the shop: what the driver says she gave, and what the shop says it took."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.drops.rules import MOST_VANS_A_DAY
from hubshops.packages.models import Package
from hubshops.shops.models import Shop


class HandoverStatus(models.TextChoices):
    OPENED = "opened", _("Opened")
    COUNTED_BY_GIVER = "counted_by_giver", _("Counted by the driver")
    COUNTED_BY_TAKER = "counted_by_taker", _("Counted by the shop")
    AGREED = "agreed", _("Both counts agree")
    DISPUTED = "disputed", _("The counts differ")
    RESOLVED = "resolved", _("Settled")


class SignedHow(models.TextChoices):
    """How we know that the driver stands behind her counts."""

    QR = "qr", _("On the driver's own phone")
    CODE = "code", _("With a code from the driver's phone")
    TOLD = "told", _("Told by the shop, not signed")


class Handover(models.Model):
    """One meeting of driver and shop: packages come, returns go. Each side says both counts. The
    driver's page opens with `token`, without signing in, until `expires_at`. Laws: a count is there
    exactly when its side signed; a day has at most 99 vans; the status says who signed; counts that
    agree are agreed, others are not; a settled one says when."""

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="handovers", db_index=False
    )
    service_day = models.DateField()
    number = models.PositiveSmallIntegerField(default=1, help_text=_("1 is the day's first van"))
    token = models.CharField(max_length=43, unique=True)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    announced = models.PositiveIntegerField(help_text=_("packages on the manifest then"))
    status = models.CharField(
        max_length=20, choices=HandoverStatus.choices, default=HandoverStatus.OPENED
    )
    # The driver's side.
    given_count = models.PositiveIntegerField(null=True, help_text=_("packages handed over"))
    returns_taken_count = models.PositiveIntegerField(null=True, help_text=_("returns taken back"))
    given_at = models.DateTimeField(null=True)
    given_by_name = models.CharField(max_length=80, blank=True)
    given_how = models.CharField(max_length=10, choices=SignedHow.choices, blank=True)
    # The shop's side.
    taken_id = models.UUIDField(null=True, unique=True, help_text=_("the phone's id of its count"))
    taken_count = models.PositiveIntegerField(null=True, help_text=_("packages counted in"))
    returns_given_count = models.PositiveIntegerField(null=True, help_text=_("returns given"))
    taken_at = models.DateTimeField(null=True, help_text=_("the phone's clock"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    code_tries = models.PositiveSmallIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "handover"
        ordering = ["-service_day", "shop", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "service_day", "number"], name="handover_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, MOST_VANS_A_DAY)),
                name="handover_day_has_so_many_vans",
            ),
            models.CheckConstraint(
                condition=Q(status__in=HandoverStatus.values), name="handover_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(given_at=None, given_count=None, returns_taken_count=None, given_how="")
                | Q(
                    given_at__isnull=False,
                    given_count__isnull=False,
                    returns_taken_count__isnull=False,
                    given_how__in=SignedHow.values,
                ),
                name="handover_giver_signed_with_counts",
            ),
            models.CheckConstraint(
                condition=Q(
                    taken_at=None, taken_count=None, returns_given_count=None, taken_by=None
                )
                | Q(
                    taken_at__isnull=False,
                    taken_count__isnull=False,
                    returns_given_count__isnull=False,
                    taken_by__isnull=False,
                ),
                name="handover_taker_signed_with_counts",
            ),
            models.CheckConstraint(
                condition=~Q(status="agreed")
                | Q(given_count=F("taken_count"), returns_taken_count=F("returns_given_count")),
                name="handover_agreed_when_counts_agree",
            ),
            models.CheckConstraint(
                condition=Q(status="opened", given_at=None, taken_at=None)
                | Q(status="counted_by_giver", given_at__isnull=False, taken_at=None)
                | Q(status="counted_by_taker", given_at=None, taken_at__isnull=False)
                | Q(
                    status__in=["agreed", "disputed"],
                    given_at__isnull=False,
                    taken_at__isnull=False,
                )
                | Q(status="resolved"),
                name="handover_status_says_who_signed",
            ),
            models.CheckConstraint(
                condition=~Q(status="disputed")
                | ~Q(given_count=F("taken_count"))
                | ~Q(returns_taken_count=F("returns_given_count")),
                name="handover_disputed_when_counts_differ",
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at=None)),
                name="handover_settled_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.service_day} #{self.number}"


class RemarkKind(models.TextChoices):
    OVER = "over", _("There, but not announced")
    SHORT = "short", _("Announced, but not there")
    DAMAGED = "damaged", _("Damaged, not taken")
    OVERSIZE = "oversize", _("Too big, not taken")
    OVER_CAP = "over_cap", _("More than agreed, not taken")
    DAMAGED_TAKEN = "damaged_taken", _("Damaged, taken all the same")
    RETURNED = "returned", _("Given back to the driver")


class HandoverRemark(models.Model):
    """One thing a shop said about one package at the hand-over. A package that nobody announced has
    a tracking id and, when we know it, a package of another shop. Laws: a remark of a phone is kept
    once; a row is never changed (trigger)."""

    id = models.UUIDField(primary_key=True, help_text=_("made by the phone; its photo's act"))
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=15, choices=RemarkKind.choices)
    tracking_id = models.CharField(max_length=40)
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, null=True, related_name="remarks"
    )
    note = models.CharField(max_length=500, blank=True)
    happened_at = models.DateTimeField(help_text=_("the phone's clock"))
    received_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        db_table = "handover_remark"
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RemarkKind.values), name="handover_remark_kind_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.tracking_id}"
