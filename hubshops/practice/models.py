"""Practice days: what a shop does with pretend packages before it gets real ones."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hubshops.practice import rules
from hubshops.shops.models import Shop


class PracticeDay(models.Model):
    """One run through a day with pretend packages; nothing in it is a package, a fee or an event of
    a station's. Laws: a shop has one that is open; it is closed after it was counted in, by a named
    person."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="practice_days")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counted_in_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        db_table = "practice_day"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(closed_at=None), name="practice_day_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    counted_in_at__isnull=False,
                    closed_at__gte=F("counted_in_at"),
                ),
                name="practice_day_closed_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.started_at:%Y-%m-%d}"


class PracticePackage(models.Model):
    """What was said of one pretend package on one practice day. Laws: a package a day, one of the
    twelve; what was said is one of the known words."""

    day = models.ForeignKey(
        PracticeDay, on_delete=models.CASCADE, related_name="packages", db_index=False
    )
    code = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "practice_package"
        ordering = ["day", "code"]
        constraints = [
            models.UniqueConstraint(fields=["day", "code"], name="practice_package_once_a_day"),
            models.CheckConstraint(
                condition=Q(code__in=list(rules.BY_CODE)), name="practice_package_is_pretend"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["taken", "damaged", "delivered", "nobody_home"]),
                name="practice_package_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.outcome}"
