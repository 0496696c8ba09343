"""How a shop that left was settled."""

from django.db import models
from django.db.models import F, Q

from hubshops.shops.models import Leaving, Shop


class Closing(models.Model):
    """The final statement of a shop that left: what it earned in all, what it was paid, and what is
    carried. Laws: one a leaving; it adds up; nothing that is owed to a shop is carried, only what
    it was paid too much; append-only."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="final_statements")
    leaving = models.OneToOneField(Leaving, on_delete=models.PROTECT, related_name="closing")
    closed_on = models.DateField()
    closed_at = models.DateTimeField()
    packages = models.PositiveIntegerField()
    earned_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    balance_cents = models.BigIntegerField()
    deductions_cents = models.PositiveBigIntegerField(
        default=0, help_text="of decided deductions, not taken any more"
    )

    class Meta:
        db_table = "closing"
        ordering = ["-closed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(earned_cents=F("paid_cents") + F("balance_cents")),
                name="closing_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(balance_cents__lte=0), name="closing_owes_the_shop_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.closed_on}"

    @property
    def too_much_cents(self) -> int:
        """What the shop was paid beyond what it earned."""
        return -self.balance_cents
