"""What people decided."""

from django.conf import settings
from django.db import models


class Decision(models.Model):
    """Who did what to which thing, when and why. Law: append-only (trigger)."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "decision"
        indexes = [models.Index(fields=["subject", "subject_id", "at"], name="decision_of_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.subject_id}"

    @property
    def action_words(self) -> str:
        """What was decided, to be read: `stay_after_all` is “Stay after all”."""
        return self.action.replace("_", " ").capitalize()

    @property
    def subject_words(self) -> str:
        """What it was about, to be read."""
        return self.subject.replace("_", " ").capitalize()
