"""Work that a commit promised to do later."""

from django.db import models
from django.db.models import F, Q


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> "JobQuerySet":
        """Neither done nor given up."""
        return self.filter(done_at=None, gave_up_at=None)

    def due(self, at: object) -> "JobQuerySet":
        """Waiting, its time has come, and nobody holds its lease."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.waiting().filter(free, run_after__lte=at)

    def given_up(self) -> "JobQuerySet":
        """Failed too often; a person has to look."""
        return self.exclude(gave_up_at=None)


class Job(models.Model):
    """One promise, written in the transaction that made it. The row is the truth; a Celery message
    only wakes a worker. Law: a key is used once, so a repeated promise is one job."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=200, unique=True, null=True)
    args = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    claims = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(
                F("run_after"), name="job_waiting", condition=Q(done_at=None, gave_up_at=None)
            ),
            models.Index(
                F("gave_up_at"), name="job_gave_up", condition=Q(gave_up_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(gave_up_at=None), name="job_done_or_given_up"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Heartbeat(models.Model):
    """The last sign of life of a worker or of the scheduler."""

    who = models.CharField(max_length=120, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "heartbeat"

    def __str__(self) -> str:
        return self.who
