"""Answers that are given again when their request comes again."""

from django.db import models


class IdempotentAnswer(models.Model):
    """What one caller's request with an `Idempotency-Key` was answered, written in the transaction
    of the act itself. Law: a key is used once a caller."""

    caller = models.CharField(max_length=80, help_text="who asked, as table:key")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked")
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "idempotent_answer"
        indexes = [models.Index(fields=["answered_at"], name="idempotent_answer_age")]
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once"),
            models.CheckConstraint(
                condition=models.Q(status__gte=200, status__lt=500),
                name="idempotent_answer_is_no_failure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.status}"
