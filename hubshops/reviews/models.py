"""Who holds an application under review, and the background checks of those who will deliver."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.applications.models import Application, ApplicationPerson
from hubshops.reviews import rules
from kernel.sealed import open_sealed


class Claim(models.Model):
    """A reviewer has an application in hand, until a moment at which it is free again by itself.
    Laws: one person holds an application; a claim ends."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="claim"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "application_claim"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="application_claim_ends")
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.by}"


class CheckStatus(models.TextChoices):
    ASKED = "asked", _("Waits for the person's yes")
    CONSENTED = "consented", _("Agreed: order the report")
    ORDERED = "ordered", _("Report ordered")
    CLEAR = "clear", _("Clear")
    CONSIDER = "consider", _("Something in the report")
    PRE_ADVERSE = "pre_adverse", _("Report is with the person")
    CLEARED = "cleared", _("Cleared after a look")
    ADVERSE = "adverse", _("May not deliver")
    EXCUSED = "excused", _("Excused")


REPORTED = ["clear", "consider", "pre_adverse", "cleared", "adverse"]
WITH_REASON = ["cleared", "adverse", "excused"]


class BackgroundCheck(models.Model):
    """The check of one person who will deliver, by the steps that the Fair Credit Reporting Act
    asks for. Laws: a person is checked once; its status moves only along `background_check_move`;
    no order before her yes, which is whole (name, moment, address, device, the text's version); no
    final no before she had her report for five business days; cleared, refused and excused only
    with a written reason. `report` is sealed."""

    person = models.OneToOneField(
        ApplicationPerson, on_delete=models.PROTECT, related_name="check_of"
    )
    token = models.CharField(max_length=26, unique=True)
    status = models.CharField(max_length=20, choices=CheckStatus.choices, default=CheckStatus.ASKED)
    asked_at = models.DateTimeField()
    said_no_at = models.DateTimeField(null=True, blank=True)
    consent_name = models.CharField(max_length=120, blank=True)
    consent_text = models.CharField(max_length=20, blank=True)
    consent_language = models.CharField(max_length=10, blank=True)
    consent_address = models.CharField(max_length=60, blank=True)
    consent_device = models.CharField(max_length=300, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    order_reference = models.CharField(max_length=80, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    report_sent_on = models.DateField(null=True, blank=True)
    adverse_from = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "background_check"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CheckStatus.values), name="background_check_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    consented_at=None,
                    consent_name="",
                    consent_text="",
                    consent_address="",
                    consent_device="",
                )
                | Q(consented_at__isnull=False)
                & ~Q(consent_name="")
                & ~Q(consent_text="")
                & ~Q(consent_address="")
                & ~Q(consent_device=""),
                name="background_check_consent_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(ordered_at=None, provider="")
                | Q(ordered_at__gte=F("consented_at"), consented_at__isnull=False)
                & ~Q(provider=""),
                name="background_check_ordered_after_consent",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ordered", *REPORTED]) | Q(ordered_at__isnull=False),
                name="background_check_ordered_before_its_result",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["pre_adverse", "adverse"])
                | Q(report_sent_on__isnull=False, adverse_from__isnull=False) & ~Q(report=""),
                name="background_check_report_is_with_its_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="adverse")
                | Q(finished_on__gte=F("adverse_from"), finished_on__isnull=False),
                name="background_check_adverse_after_five_business_days",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_REASON) | ~Q(reason=""),
                name="background_check_ends_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.status}"

    @property
    def is_settled(self) -> bool:
        """Whether this person may deliver, or needs no check."""
        return self.status in rules.SETTLED

    @property
    def report_words(self) -> str:
        """What the report says."""
        return open_sealed(self.report) if self.report else ""


class CheckMove(models.Model):
    """A step that a background check may take: `rules.CHECK_MOVES` as PostgreSQL knows it, filled
    by migrations. Law: append-only."""

    source = models.CharField(max_length=20, choices=CheckStatus.choices)
    target = models.CharField(max_length=20, choices=CheckStatus.choices)

    class Meta:
        db_table = "background_check_move"
        ordering = ["source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="background_check_move_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class CheckStep(models.TextChoices):
    ASKED = "asked", _("We asked for consent")
    SAID_NO = "said_no", _("The person said no")
    CONSENTED = "consented", _("The person agreed")
    ORDERED = "ordered", _("Report ordered")
    CLEAR = "clear", _("Report came: clear")
    CONSIDER = "consider", _("Report came: something to look at")
    PRE_ADVERSE = "pre_adverse", _("Report and rights sent to the person")
    ANSWERED = "answered", _("The person answered")
    CLEARED = "cleared", _("Cleared after a look")
    ADVERSE = "adverse", _("Final no sent to the person")
    EXCUSED = "excused", _("Excused from the check")


class CheckEvent(models.Model):
    """One step of a background check: when, who (nobody is the person or the portal) and the words
    that go with it. Law: append-only."""

    check_of = models.ForeignKey(BackgroundCheck, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(max_length=20, choices=CheckStep.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    words = models.TextField(blank=True)

    class Meta:
        db_table = "background_check_event"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=CheckStep.values), name="background_check_step_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.step}"
