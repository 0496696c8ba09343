"""Letters the portal sends."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Mail(models.Model):
    """One e-mail, written with the decision that caused it and sent by a job. `sent_at` is empty
    until the mail server took it."""

    to = models.EmailField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="mails"
    )
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mail"
        indexes = [
            models.Index(fields=["created_at"], name="mail_unsent", condition=Q(sent_at=None))
        ]

    def __str__(self) -> str:
        return self.subject
