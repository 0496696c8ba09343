"""Who moves the money, and where to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from payouts.providers import rules


class GatewayName(models.TextChoices):
    BANK_FILE = "bank_file", _("Payment file for the bank")
    STRIPE = "stripe", _("Stripe")


class CapabilityName(models.TextChoices):
    NONE = rules.Capability.NONE, _("Not connected")
    MISSING = rules.Capability.MISSING, _("Something is missing")
    CHECKING = rules.Capability.CHECKING, _("Being checked")
    ACTIVE = rules.Capability.ACTIVE, _("Can be paid")
    BLOCKED = rules.Capability.BLOCKED, _("Refused")
    CLOSED = rules.Capability.CLOSED, _("Closed")


class PayoutAccount(models.Model):
    """How one shop is paid. We never hold bank numbers: `payee_reference` is the name under which
    the operator's bank, or Stripe, knows the shop. What Stripe said last (`capability` and what
    follows) is a copy: it is read again before money moves, and `read_number` keeps an older look
    from covering a newer one. Where the bank account was changed, payments wait until
    `bank_waits_until`. Laws: one a shop; held exactly when a reason says why and a day is named on
    which somebody looks again; paid through Stripe only under the account Stripe knows; an account
    of Stripe's is one shop's."""

    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, related_name="payout_account")
    gateway = models.CharField(
        max_length=20, choices=GatewayName.choices, default=GatewayName.BANK_FILE
    )
    payee_reference = models.CharField(max_length=80)
    hold_reason = models.CharField(
        max_length=200, blank=True, help_text=_("why payouts are held; the shop reads it")
    )
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField(
        null=True, blank=True, help_text=_("by when somebody looks at the hold again")
    )
    rung_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when staff were told that this day has come")
    )
    provider_reference = models.CharField(max_length=80, blank=True)
    capability = models.CharField(
        max_length=10, choices=CapabilityName.choices, default=CapabilityName.NONE
    )
    requirements = models.JSONField(default=list, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=80, blank=True)
    bank_name = models.CharField(max_length=80, blank=True)
    bank_last4 = models.CharField(max_length=4, blank=True)
    bank_mark = models.CharField(
        max_length=80, blank=True, help_text=_("by which the provider knows the whole number")
    )
    bank_since_at = models.DateTimeField(null=True, blank=True)
    bank_waits_until = models.DateTimeField(
        null=True, blank=True, help_text=_("no payment before, because the account was changed")
    )
    told_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when its owners were told that it can’t be paid")
    )
    read_at = models.DateTimeField(null=True, blank=True)
    read_number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "payout_account"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_reference"],
                condition=~Q(provider_reference=""),
                name="payout_account_of_one_shop",
            ),
            models.CheckConstraint(
                condition=Q(provider_reference="", capability="none")
                | (~Q(provider_reference="") & ~Q(capability="none")),
                name="payout_account_capability_iff_connected",
            ),
            models.CheckConstraint(
                condition=~Q(gateway="stripe")
                | (~Q(provider_reference="") & Q(payee_reference=F("provider_reference"))),
                name="payout_account_paid_where_it_is_known",
            ),
            models.CheckConstraint(
                condition=Q(hold_reason="", held_at=None, held_by=None, review_on=None)
                | (~Q(hold_reason="") & Q(held_at__isnull=False, review_on__isnull=False)),
                name="payout_account_held_until_somebody_looks",
            ),
        ]

    def __str__(self) -> str:
        return self.payee_reference

    @property
    def creation_key(self) -> str:
        """The key under which Stripe makes this shop's account, however often it is asked."""
        return f"account:{self.shop_id}:v1"

    @property
    def is_payable(self) -> bool:
        """Whether Stripe, when it was asked last, would have taken a transfer."""
        return self.capability == CapabilityName.ACTIVE


class BankPayoutStatus(models.TextChoices):
    PENDING = "pending", _("Being prepared")
    IN_TRANSIT = "in_transit", _("On its way to your bank")
    PAID = "paid", _("At your bank")
    FAILED = "failed", _("Your bank sent it back")
    CANCELED = "canceled", _("Cancelled")


class BankPayout(models.Model):
    """A provider's movement from a shop's balance there to its bank. Not ours: a copy of what the
    provider said last, never booked. A failed one leaves the money on the shop's balance there."""

    account = models.ForeignKey(
        PayoutAccount, on_delete=models.PROTECT, related_name="bank_payouts"
    )
    reference = models.CharField(max_length=80, unique=True)
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=BankPayoutStatus.choices)
    made_at = models.DateTimeField()
    arrives_on = models.DateField()
    failure_code = models.CharField(max_length=60, blank=True)
    bank_last4 = models.CharField(max_length=4, blank=True)
    told_at = models.DateTimeField(null=True, help_text=_("when its owners were told it failed"))
    read_number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "bank_payout"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["account", "-made_at"], name="bank_payout_of_account")]

    def __str__(self) -> str:
        return self.reference


class CallPace(models.Model):
    """When the next call to a provider may leave, for all processes together."""

    name = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField()

    class Meta:
        db_table = "call_pace"

    def __str__(self) -> str:
        return self.name


class PaymentFile(models.Model):
    """One file of payments that staff hand to the bank: one a batch of orders. Laws: no line is
    added once it is closed; not closed while payments are stopped; confirmed exactly when the
    bank's reference is recorded, by a named person, and only after it was closed."""

    number = models.CharField(max_length=40, unique=True)
    batch_key = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "payment_file"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(bank_reference="", confirmed_at=None, confirmed_by=None)
                | (
                    ~Q(bank_reference="")
                    & Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                ),
                name="payment_file_confirmed_iff_the_bank_answered",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(closed_at__isnull=False),
                name="payment_file_confirmed_after_it_was_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """One payment in a file. Law: a key is paid once, whoever asks again; append-only."""

    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True)
    payee_reference = models.CharField(max_length=80)
    payee_name = models.CharField(max_length=120)
    amount_cents = models.BigIntegerField()
    memo = models.CharField(max_length=140)

    class Meta:
        db_table = "payment_line"
        ordering = ["file", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "position"], name="payment_line_position_once_a_file"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payment_line_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def reference(self) -> str:
        """What the bank's statement will call this payment."""
        return rules.line_reference(self.file.number, self.position)


class BankDetails(models.Model):
    """The bank account of a shop that is paid by files in the banks' own format. The number is
    sealed; pages show its last four. Laws: one an account of ours; entered by a named person, and
    confirmed by another one before any money goes there."""

    account = models.OneToOneField(
        PayoutAccount, on_delete=models.PROTECT, related_name="bank_details"
    )
    routing_number = models.CharField(max_length=9)
    sealed_number = models.TextField()
    last4 = models.CharField(max_length=4)
    is_savings = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "bank_details"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                & ~Q(confirmed_by=F("set_by")),
                name="bank_details_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(routing_number__regex=r"^[0-9]{9}$", last4__regex=r"^[0-9A-Za-z]{4}$"),
                name="bank_details_are_of_an_account",
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.last4}"


class BankFormat(models.Model):
    """A payment file as it was first written in the banks' own format. Law: once a file, never
    changed, so that every copy of it is the same."""

    file = models.OneToOneField(PaymentFile, on_delete=models.PROTECT, related_name="bank_format")
    effective_on = models.DateField(help_text=_("the day on which accounts are to have it"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "bank_format"

    def __str__(self) -> str:
        return f"{self.file_id}"


class LineAccount(models.Model):
    """To which account one payment went: kept as it was. Law: once a payment, never changed."""

    line = models.OneToOneField(PaymentLine, on_delete=models.PROTECT, related_name="account")
    routing_number = models.CharField(max_length=9)
    sealed_number = models.TextField()
    last4 = models.CharField(max_length=4)
    is_savings = models.BooleanField()

    class Meta:
        db_table = "line_account"

    def __str__(self) -> str:
        return f"…{self.last4}"


class BankNotice(models.Model):
    """A bank asks to write an account otherwise from now on (a notice of change). Laws: once a
    payment and code; decided exactly when it has a moment and a person."""

    line = models.ForeignKey(PaymentLine, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=3)
    routing_number = models.CharField(max_length=9, blank=True)
    sealed_number = models.TextField(blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    kind = models.CharField(max_length=2, blank=True)
    read_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_taken = models.BooleanField(null=True)

    class Meta:
        db_table = "bank_notice"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "code"], name="bank_notice_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, is_taken=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, is_taken__isnull=False),
                name="bank_notice_decided_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.line_id}"


class PaymentsStop(models.Model):
    """The switch that stops every payment: on while a row has no end. Laws: on once at a time; it
    says why; no payment file is closed while it is on; nobody is named when a check of the books
    threw it, and a person always ends it."""

    reason = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "payments_stop"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at=None), name="payments_stop_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payments_stop_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="payments_stop_ended_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
