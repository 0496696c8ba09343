"""What shops earn by inviting others."""

from django.db import models
from django.db.models import Q

from hubshops.referrals.models import MilestoneKind, Referral
from payouts.ledger.models import Entry


class Reward(models.Model):
    """A milestone of a referral was booked for the shop that invited. Laws: once a referral and
    milestone; each has its own entry in the books; append-only."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="rewards")
    kind = models.CharField(max_length=20, choices=MilestoneKind.choices)
    amount_cents = models.PositiveIntegerField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="reward")
    booked_at = models.DateTimeField()

    class Meta:
        db_table = "reward"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="reward_once_a_milestone"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="reward_pays_something"),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: {self.kind}"
