"""Letters and texts the portal sends."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One e-mail, written with the decision that caused it and sent by a job. `sent_at` is empty
    until the mail server took it. Its HTML is drawn from the same words when it leaves."""

    to = models.EmailField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="mails"
    )
    template = models.CharField(max_length=80, blank=True, help_text=_("which letter it is"))
    language = models.CharField(max_length=10, default="en", db_default="en")
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


class TextQuerySet(models.QuerySet["Text"]):
    def waiting(self) -> "TextQuerySet":
        """Neither sent nor given up."""
        return self.filter(sent_at=None, gave_up_at=None)


class Text(models.Model):
    """One text to a phone, written with what caused it and sent by a job. Its number and its words
    are emptied after a week (`forgotten_at`). Laws: a text was sent, or was given up with a reason,
    or waits; what is forgotten says nothing of anybody."""

    to = models.CharField(max_length=16, blank=True, help_text=_("number with its country's code"))
    body = models.CharField(max_length=480, blank=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    send_before = models.DateTimeField(help_text=_("later it is not worth sending"))
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    gave_up_reason = models.CharField(max_length=60, blank=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = TextQuerySet.as_manager()

    class Meta:
        db_table = "text_message"
        indexes = [
            models.Index(
                fields=["created_at"], name="text_remembered", condition=Q(forgotten_at=None)
            ),
            models.Index(
                fields=["to"], name="text_waiting", condition=Q(sent_at=None, gave_up_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(gave_up_at=None), name="text_sent_or_given_up"
            ),
            models.CheckConstraint(
                condition=Q(gave_up_at=None, gave_up_reason="")
                | (Q(gave_up_at__isnull=False) & ~Q(gave_up_reason="")),
                name="text_given_up_says_why",
            ),
            models.CheckConstraint(
                condition=(Q(forgotten_at=None) & ~Q(to="") & ~Q(body=""))
                | Q(forgotten_at__isnull=False, to="", body=""),
                name="text_forgotten_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.last4}" if self.to else ""

    @property
    def last4(self) -> str:
        """The end of its number: enough to recognise it, too little to call it."""
        return self.to[-4:]
