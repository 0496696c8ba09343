"""Pay runs: drafted by one person, approved by another, sent once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubshops.shops.models import Shop
from payouts.ledger.models import Entry
from payouts.payruns import rules


class RunStatus(models.TextChoices):
    DRAFTED = "drafted", _("Drafted")
    APPROVED = "approved", _("Approved")
    SENDING = "sending", _("Being sent")
    CONFIRMING = "confirming", _("Waiting for the bank")
    DONE = "done", pgettext_lazy("pay run", "Done")
    CANCELLED = "cancelled", _("Cancelled")


AFTER_APPROVAL = [RunStatus.APPROVED, RunStatus.SENDING, RunStatus.CONFIRMING, RunStatus.DONE]


class PayRun(models.Model):
    """All transfers of one payday, in one time zone of stations or in all of them. Laws: frozen
    once its snapshot is taken; it pays shops of its zone only; the approver is another person than
    the drafter, approved exactly what was frozen, and did so once the books were checked after the
    draft; the calendar drafts a zone's week once, in nobody's name; statuses move only along the
    table `payruns_move`; never deleted."""

    through = models.DateField(help_text=_("the last local day this run pays for"))
    zone = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("the time zone whose shops it pays; empty: all"),
    )
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.DRAFTED)
    shops = models.PositiveIntegerField(default=0)
    cents = models.BigIntegerField(default=0)
    snapshot = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 over every transfer and line")
    )
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_weekly = models.BooleanField(
        default=False, db_default=False, help_text=_("drafted by the calendar")
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_snapshot = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(null=True)

    BATCH_PREFIX = "run:"

    class Meta:
        db_table = "pay_run"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
                name="pay_run_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(is_weekly=True, drafted_by=None)
                | Q(is_weekly=False, drafted_by__isnull=False),
                name="pay_run_of_the_calendar_iff_nobody_drafted_it",
            ),
            models.UniqueConstraint(
                fields=["zone", "through"],
                condition=Q(is_weekly=True),
                name="pay_run_of_the_calendar_once_a_zone_and_week",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=AFTER_APPROVAL)
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & Q(approved_snapshot=F("snapshot"))
                    & ~Q(snapshot="")
                ),
                name="pay_run_approved_as_frozen",
            ),
            models.CheckConstraint(
                condition=Q(status=RunStatus.DONE, done_at__isnull=False)
                | (~Q(status=RunStatus.DONE) & Q(done_at=None)),
                name="pay_run_done_iff_it_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RunStatus.values), name="pay_run_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def drafter(self) -> str:
        """Who drafted it, by name."""
        return str(self.drafted_by or _("the calendar"))

    @property
    def batch_key(self) -> str:
        """The name under which gateways keep this run's orders together."""
        return f"{self.BATCH_PREFIX}{self.pk}"


# Approved, and not yet proved to have left or failed: what the clearing account holds.
ON_THEIR_WAY = ["ready", "sending", "unknown", "on_hold"]


class TransferStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for approval")
    READY = "ready", _("Approved")
    SENDING = "sending", _("Being sent")
    UNKNOWN = "unknown", _("Being looked up")
    ON_HOLD = "on_hold", _("On hold")
    SENT = "sent", _("Sent to the bank")
    SETTLED = "settled", _("Paid")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def workable(self, at: object) -> "TransferQuerySet":
        """Approved, its pause is over, and nobody is sending it now (a lease that ran out is a
        worker that died)."""
        begun = [TransferStatus.SENDING, TransferStatus.UNKNOWN]
        is_free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.filter(
            Q(status=TransferStatus.READY) & is_free | Q(status__in=begun, leased_until__lte=at)
        )


class Transfer(models.Model):
    """Money on its way to one shop in one run. Laws: one a shop and run; positive; amount, shop and
    key never change; the key's version grows by one, only when a try is proved to have moved
    nothing; nothing leaves before its run is approved; sent exactly when the provider's reference
    is known; its amount is the sum of its items when the run is approved."""

    run = models.ForeignKey(
        PayRun, on_delete=models.PROTECT, related_name="transfers", db_index=False
    )
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="transfers")
    amount_cents = models.BigIntegerField()
    gateway = models.CharField(max_length=20)
    payee_reference = models.CharField(max_length=80)
    key = models.CharField(max_length=80, unique=True)
    status = models.CharField(
        max_length=10, choices=TransferStatus.choices, default=TransferStatus.PENDING
    )
    is_canary = models.BooleanField(
        default=False, db_default=False, help_text=_("sent before all others")
    )
    key_version = models.PositiveSmallIntegerField(default=1, db_default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=60, blank=True, default="", db_default="")

    objects = TransferQuerySet.as_manager()

    class Meta:
        db_table = "transfer"
        ordering = ["run", "shop"]
        constraints = [
            models.UniqueConstraint(fields=["run", "shop"], name="transfer_once_a_run_and_shop"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["sent", "settled"])
                    & Q(sent_at__isnull=False)
                    & ~Q(provider_reference="")
                )
                | (~Q(status__in=["sent", "settled"]) & Q(provider_reference="")),
                name="transfer_sent_iff_the_provider_has_it",
            ),
            models.CheckConstraint(
                condition=Q(status=TransferStatus.SETTLED, settled_at__isnull=False)
                | (~Q(status=TransferStatus.SETTLED) & Q(settled_at=None)),
                name="transfer_settled_iff_it_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TransferStatus.values), name="transfer_status_is_known"
            ),
        ]
        indexes = [
            models.Index(
                F("leased_until"),
                name="transfer_work",
                condition=Q(status__in=["ready", "sending", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return self.key


class TransferItem(models.Model):
    """One ledger entry claimed by one transfer. Laws: an entry is in at most one live transfer, so
    it is paid once; it is of the transfer's own shop; none joins a frozen run; a released claim is
    kept."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="transfer_items", db_index=False
    )
    amount_cents = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "transfer_item"
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(released_at=None), name="entry_paid_at_most_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.amount_cents}"


class HeldReason(models.TextChoices):
    UNPRICED = rules.Held.UNPRICED, _("Deliveries without a fee: agree a rate first")
    NEGATIVE = rules.Held.NEGATIVE, _("The balance is below zero; the next run nets it")
    ON_HOLD = rules.Held.ON_HOLD, _("Payouts to this shop are on hold")
    NEW_BANK = rules.Held.NEW_BANK, _("A new bank account: payments wait some days")
    NOT_READY = rules.Held.NOT_READY, _("Stripe cannot pay this shop now: its page says why")
    SUSPENDED = rules.Held.SUSPENDED, _("The shop is suspended")
    BELOW_MINIMUM = rules.Held.BELOW_MINIMUM, _("Below the least amount we pay out")


class HeldShop(models.Model):
    """A shop this run does not pay although it has a balance or a gap, and why."""

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="held_shops")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    cents = models.BigIntegerField()
    reason = models.CharField(max_length=40, choices=HeldReason.choices)

    class Meta:
        db_table = "held_shop"
        ordering = ["run", "shop"]
        constraints = [models.UniqueConstraint(fields=["run", "shop"], name="held_shop_once_a_run")]

    def __str__(self) -> str:
        return self.reason
