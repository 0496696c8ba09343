"""The books: double entry in whole cents."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from payouts.ledger.rules import EARNINGS, SHOP_KINDS, Kind, Source


class AccountKind(models.TextChoices):
    SHOP_PAYABLE = Kind.SHOP_PAYABLE, _("Owed to the shop")
    PAYOUT_CLEARING = Kind.PAYOUT_CLEARING, _("Approved, on its way")
    BANK = Kind.BANK, _("Bank")
    FEE_EXPENSE = Kind.FEE_EXPENSE, _("Delivery fees")
    ADJUSTMENT_EXPENSE = Kind.ADJUSTMENT_EXPENSE, _("Adjustments")
    SHOP_RECEIVABLE = Kind.SHOP_RECEIVABLE, _("To be taken off a shop's later payments")
    SHOP_HELD = Kind.SHOP_HELD, _("Set aside while we look into it")
    BAD_DEBT = Kind.BAD_DEBT, _("Written off")


class SourceType(models.TextChoices):
    FEE = Source.FEE, _("Delivery fees")
    FEE_REVERSED = Source.FEE_REVERSED, _("Fees taken back")
    TRANSFER_APPROVED = Source.TRANSFER_APPROVED, _("Payment approved")
    TRANSFER_SENT = Source.TRANSFER_SENT, _("Payment sent")
    TRANSFER_RELEASED = Source.TRANSFER_RELEASED, _("Payment returned to the balance")
    TRANSFER_REVERSED = Source.TRANSFER_REVERSED, _("Payment taken back")
    ADJUSTED = Source.ADJUSTED, _("Adjustment")
    DEDUCTED = Source.DEDUCTED, _("Deduction decided")
    RECOVERED = Source.RECOVERED, _("Part of a deduction")
    FORGIVEN = Source.FORGIVEN, _("Deduction given up")
    HELD = Source.HELD, _("Set aside")
    HOLD_RELEASED = Source.HOLD_RELEASED, _("Given free again")
    HOLD_TAKEN = Source.HOLD_TAKEN, _("Deduction taken from what was set aside")
    WRITTEN_OFF = Source.WRITTEN_OFF, _("Balance written off")
    REFERRED = Source.REFERRED, _("For a shop that you invited")


OF_A_SHOP = [kind.value for kind in SHOP_KINDS]


class Account(models.Model):
    """A pot of money. Laws: exactly the kinds of `SHOP_KINDS` belong to a shop; one account of each
    kind and shop; dollars only; append-only."""

    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, related_name="accounts")
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "shop", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_SHOP, shop__isnull=False)
                | (~Q(kind__in=OF_A_SHOP) & Q(shop=None)),
                name="ledger_account_of_its_kind_iff_it_has_a_shop",
            ),
            models.CheckConstraint(condition=Q(currency="USD"), name="ledger_is_in_dollars"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Move(models.Model):
    """Which account is debited and which credited by what kind of fact: `ledger.rules.MOVES` as
    PostgreSQL knows it, filled by migrations. Law: append-only."""

    source = models.CharField(max_length=20, primary_key=True)
    debit = models.CharField(max_length=20)
    credit = models.CharField(max_length=20)
    is_earning = models.BooleanField(help_text=_("claimed by transfers"))

    class Meta:
        db_table = "ledger_move"

    def __str__(self) -> str:
        return self.source


class EntryQuerySet(models.QuerySet["Entry"]):
    def earnings(self) -> "EntryQuerySet":
        """What shops are to be paid: the entries that transfers claim."""
        return self.filter(source_type__in=EARNINGS)


class Entry(models.Model):
    """One fact that moved money, for one shop. Laws: one entry per source; at most one reversal;
    append-only. An entry of zero cents has no posting."""

    source_type = models.CharField(max_length=20, choices=SourceType.choices)
    source_key = models.CharField(max_length=80, db_collation="C")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="entries", db_index=False)
    booked_on = models.DateField(help_text=_("the business day this counts for"))
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_key"], name="ledger_entry_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(source_type__in=SourceType.values), name="ledger_entry_source_is_known"
            ),
            # Partial, because hardly any entry reverses another.
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
            models.CheckConstraint(
                condition=~Q(reverses=F("id")), name="ledger_entry_reverses_another"
            ),
        ]
        indexes = [models.Index(fields=["shop", "booked_on"], name="ledger_entry_shop_day")]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_key}"


class Posting(models.Model):
    """Money moves from the credited account to the debited one. Because a posting is one row with
    both sides and a positive amount, an unbalanced entry can't be written. Laws: its entry and its
    accounts exist, it follows the move of its entry's source (`Move`) and touches that entry's shop
    only; append-only. The trigger that knows the moves looks all three up, a statement's postings
    at once, and none of them can be deleted: foreign keys would look up each again, row by row."""

    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    seq = models.PositiveSmallIntegerField(default=1)
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table = "ledger_posting"
        constraints = [
            models.UniqueConstraint(fields=["entry", "seq"], name="ledger_posting_seq_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="ledger_posting_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_posting_moves_money"
            ),
        ]
        indexes = [
            models.Index(fields=["debit"], include=["amount_cents"], name="ledger_posting_debit"),
            models.Index(fields=["credit"], include=["amount_cents"], name="ledger_posting_credit"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.amount_cents}"


class NumberSeries(models.Model):
    """The last number given out in a series. Locked while one is taken, so numbers have no gaps."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "number_series"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
