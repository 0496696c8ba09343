"""A station's systems that want to be told, what they were told, and how they answered."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hubshops.stations.models import Station


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def standing(self) -> "SubscriptionQuerySet":
        """Not ended."""
        return self.filter(ended_at=None)

    def sendable(self, at: dt.datetime) -> "SubscriptionQuerySet":
        """Neither ended nor paused, its pause after a failure is over, and nobody sends to it."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.standing().filter(free, paused_at=None, next_try_at__lte=at)


class Subscription(models.Model):
    """An address that is told a station's package events, in order, each at least once. `after` is
    the cursor of what it has taken. Law: an address is told once a station."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="subscriptions")
    url = models.CharField(max_length=500)
    salt = models.CharField(max_length=64, help_text="the secret is made from it and our own key")
    after = models.CharField(max_length=50)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    is_given_up = models.BooleanField(default=False, help_text="paused by failures")
    ended_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        db_table = "subscription"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "url"],
                name="subscription_address_once",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                condition=Q(is_given_up=False) | Q(paused_at__isnull=False),
                name="subscription_given_up_is_paused",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def state(self) -> str:
        """`ended`, `given_up`, `paused`, `failing` or `working`."""
        if self.ended_at:
            return "ended"
        if self.paused_at:
            return "given_up" if self.is_given_up else "paused"
        return "failing" if self.failures else "working"


class Message(models.Model):
    """One thing to say to one address: some events in order (`after` to `until`), or a ping. Its
    `uid` is the Webhook-Id, the same at every try. Law: one message of events waits at a time, so
    that order holds."""

    uid = models.UUIDField(unique=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    is_ping = models.BooleanField(default=False)
    after = models.CharField(max_length=50, blank=True)
    until = models.CharField(max_length=50, blank=True)
    count = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="the receiver has it")
    dropped_at = models.DateTimeField(null=True, help_text="nobody waits for it any more")

    class Meta:
        db_table = "webhook_message"
        ordering = ["-pk"]
        indexes = [models.Index(F("subscription"), F("id"), name="webhook_message_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                name="webhook_message_one_waits",
                condition=Q(taken_at=None, dropped_at=None, is_ping=False),
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(dropped_at=None),
                name="webhook_message_taken_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Attempt(models.Model):
    """One try at one message, good or bad."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, help_text="how the answer starts")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "webhook_attempt"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.status or self.error)
