"""Businesses that ask to become partner shops."""

import datetime as dt
import functools
import operator

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.shops.models import Shop, TravelMode
from hubshops.stations.models import Station


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    SUBMITTED = "submitted", _("Received")
    SCREENING = "screening", _("Being checked")
    INFO_NEEDED = "info_needed", _("We need an answer from you")
    CHECKS_RUNNING = "checks_running", _("Background checks are running")
    PRE_ADVERSE = "pre_adverse", _("A report is with you to look at")
    APPROVED = "approved", _("Approved")
    AGREEMENT_SENT = "agreement_sent", _("The agreement is with you to sign")
    AGREEMENT_SIGNED = "agreement_signed", _("Agreement signed")
    PRACTICE = "practice", _("Practice day")
    LIVE = "live", _("Live")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WAITLISTED = "waitlisted", _("On the waiting list")
    EXPIRED = "expired", _("Run out")
    REPEATED = "repeated", _("Sent again")


class StorageKind(models.TextChoices):
    """Where packages wait until they are delivered."""

    ROOM = "room", _("In a room that can be locked")
    COUNTER = "counter", _("Behind the counter")
    CORNER = "corner", _("In a corner or on shelves of the shop")
    OTHER = "other", _("Somewhere else")


TRADES = [
    ("bodega", _("Bodega or grocery")),
    ("café", _("Café or restaurant")),
    ("bakery", _("Bakery")),
    ("florist", _("Florist")),
    ("dry cleaner", _("Laundry or dry cleaner")),
    ("pharmacy", _("Pharmacy")),
    ("hair salon", _("Hair salon or barber")),
    ("gift shop", _("Gift or book shop")),
    ("IT shop", _("Phone or repair shop")),
    ("gym", _("Gym")),
    ("other", _("Something else")),
]
# From the yes on, an application has a shop; what ends later than that keeps it.
WITH_SHOP = ["approved", "agreement_sent", "agreement_signed", "practice", "live"]
WITH_OR_WITHOUT = ["withdrawn", "expired"]
WAITING = [ApplicationStatus.SUBMITTED, ApplicationStatus.SCREENING]
CHECKING = [ApplicationStatus.CHECKS_RUNNING, ApplicationStatus.PRE_ADVERSE]
UNDECIDED = [*WAITING, ApplicationStatus.INFO_NEEDED, *CHECKING]
MAYBE_UNSENT = [ApplicationStatus.DRAFT, *WITH_OR_WITHOUT]


ANSWERS = [
    "name",
    "trade",
    "contact_name",
    "email",
    "phone",
    "address1",
    "city",
    "state",
    "postal_code",
    "weekdays",
    "travel",
]
HAS_A_GAP = functools.reduce(operator.or_, (Q(**{name: ""}) for name in ANSWERS))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def drafts(self) -> "ApplicationQuerySet":
        """Applications that their applicants still write."""
        return self.filter(status=ApplicationStatus.DRAFT)

    def sent(self) -> "ApplicationQuerySet":
        """Applications that reached us."""
        return self.exclude(submitted_at=None)

    def waiting(self) -> "ApplicationQuerySet":
        """Applications that staff have to look at, or to see through."""
        return self.filter(status__in=[*WAITING, *CHECKING])

    def undecided(self) -> "ApplicationQuerySet":
        """Applications that are with staff or with the applicant."""
        return self.filter(status__in=UNDECIDED)

    def lapsed(self, today: dt.date) -> "ApplicationQuerySet":
        """Applications that should have heard from us before `today`."""
        return self.filter(status__in=rules.OURS_TO_KEEP, promised_on__lt=today)

    def unanswered(self, today: dt.date) -> "ApplicationQuerySet":
        """Applications whose question should have been answered before `today`."""
        return self.filter(status=ApplicationStatus.INFO_NEEDED, promised_on__lt=today)


class Application(models.Model):
    """A business asks to join. It begins as a draft, in which answers may be missing: `pages_done`
    names the pages whose answers are good, `typed` holds what was left unfinished on a page. Laws:
    one that was sent says when and has its answers; it has a shop exactly from its approval on; its
    status moves only along the table `application_move`; declined exactly when it has a reason to
    give; an appeal is decided by another person than the decline. `promised_on` is the day by which
    the applicant hears from us, or, while we wait for her, by which we hope for her answer."""

    reference = models.CharField(max_length=26, unique=True)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True)
    status = models.CharField(
        max_length=20, choices=ApplicationStatus.choices, default=ApplicationStatus.SUBMITTED
    )
    name = models.CharField(_("shop name"), max_length=120)
    trade = models.CharField(_("kind of shop"), max_length=60)
    contact_name = models.CharField(_("your name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30)
    address1 = models.CharField(_("street"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP code"), max_length=10)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    weekdays = models.CharField(_("weekdays"), max_length=7)
    daily_cap = models.PositiveIntegerField(_("most packages a day"), null=True)
    travel = models.CharField(_("how you deliver"), max_length=20)
    storage_note = models.TextField(_("where packages wait"), blank=True)
    storage_kind = models.CharField(
        _("kind of place"), max_length=10, choices=StorageKind.choices, blank=True
    )
    receives_from = models.TimeField(_("somebody is there from"), null=True, blank=True)
    access_note = models.TextField(_("what the driver should know"), blank=True)
    message = models.TextField(_("anything else"), blank=True)
    as_written = models.JSONField(
        default=list,
        blank=True,
        help_text=_("answers kept as they were written, against our check"),
    )
    tax_fingerprint = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, default="en")
    referral_code = models.CharField(
        max_length=16, blank=True, db_default="", help_text=_("of the link that brought it here")
    )
    invited_by = models.ForeignKey(
        Shop,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("whose invitation stands"),
    )
    findings = models.JSONField(default=list, help_text=_("what screening noticed, as codes"))
    pages_done = models.JSONField(default=list, blank=True)
    typed = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    decision_reason = models.TextField(blank=True)
    promised_on = models.DateField(null=True, blank=True)
    appeal_against = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("who declined before the applicant appealed"),
    )
    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        db_table = "application"
        ordering = ["submitted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WITH_SHOP, shop__isnull=False)
                | (~Q(status__in=WITH_SHOP) & Q(shop=None))
                | Q(status__in=WITH_OR_WITHOUT),
                name="application_approved_iff_it_has_a_shop",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ApplicationStatus.values),
                name="application_status_is_known",
            ),
            models.CheckConstraint(
                condition=(Q(status="declined") & ~Q(decision_reason="")) | ~Q(status="declined"),
                name="application_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(appeal_against=None)
                | Q(decided_by=None)
                | ~Q(decided_by=F("appeal_against")),
                name="application_appeal_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MAYBE_UNSENT) | Q(submitted_at__isnull=False),
                name="application_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MAYBE_UNSENT) | (Q(daily_cap__isnull=False) & ~HAS_A_GAP),
                name="application_sent_has_its_answers",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.DRAFT) | Q(saved_at__isnull=False),
                name="application_draft_says_when_it_was_saved",
            ),
        ]
        indexes = [
            models.Index(
                F("promised_on"),
                F("id"),
                name="application_promised",
                condition=Q(status__in=sorted(rules.OURS_TO_KEEP)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def travel_words(self) -> str:
        """How the shop reaches doors, as people say it."""
        return str(dict(TravelMode.choices).get(self.travel, self.travel))

    @property
    def trade_words(self) -> str:
        """The kind of shop as its applicant reads it."""
        return str(dict(TRADES).get(self.trade, self.trade))


class ApplicationPerson(models.Model):
    """Somebody who will deliver for the shop that applies, as the applicant named her. Law: an
    e-mail address is one person of an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=10, default="en")

    class Meta:
        db_table = "application_person"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "email"], name="application_person_once")
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationMove(models.Model):
    """A step that an application may take: `rules.MOVES` as PostgreSQL knows it, filled by
    migrations. Law: append-only."""

    source = models.CharField(max_length=20, choices=ApplicationStatus.choices)
    target = models.CharField(max_length=20, choices=ApplicationStatus.choices)

    class Meta:
        db_table = "application_move"
        ordering = ["source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="application_move_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class ApplicationEventKind(models.TextChoices):
    SUBMITTED = "submitted", _("We got your application")
    SCREENED = "screened", _("First check done")
    ASKED = "asked", _("We asked a question")
    ANSWERED = "answered", _("You answered")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")
    SENT = "sent", _("The agreement was sent")
    SIGNED = "signed", _("The agreement was signed")
    PRACTICE = "practice", _("The practice day began")
    LIVE = "live", _("The shop is live")
    CHECKS_STARTED = "checks_started", _("Background checks began")
    CONSENTED = "consented", _("A person agreed to the check")
    CHECKS_LONGER = "checks_longer", _("A check takes longer")
    CHECKS_DONE = "checks_done", _("Background checks done")
    WAITLISTED = "waitlisted", _("Put on the waiting list")
    UNLISTED = "unlisted", _("Taken off the waiting list")
    APPEALED = "appealed", _("Asked us to look again")
    LATE = "late", _("We missed our date")
    REMINDED = "reminded", _("We reminded you of our question")
    EXPIRED = "expired", _("Ran out without an answer")


class ApplicationEvent(models.Model):
    """One step of an application: when, who (nobody is the applicant or the portal) and the words
    that go with it. Laws: append-only (trigger); an application is decided once, and once more
    after its one appeal (`round` 2)."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=20, choices=ApplicationEventKind.choices)
    round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    words = models.TextField(blank=True)

    who = ""  # in words, where a page shows it

    class Meta:
        db_table = "application_event"
        ordering = ["pk"]
        indexes = [models.Index(F("application"), F("id"), name="application_event_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round"],
                condition=Q(kind__in=["approved", "declined", "withdrawn"]),
                name="application_decided_once",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind="appealed"),
                name="application_appealed_once",
            ),
            models.CheckConstraint(
                condition=Q(round__in=[1, 2]), name="application_event_round_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ApplicationEventKind.values),
                name="application_event_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind}"


class WaitlistEntry(models.Model):
    """Somebody where no van comes yet asks to be told when one does. Confirmed by a mail's link;
    who leaves is deleted. Laws: an e-mail address waits once for a ZIP code; only who confirmed
    is told that a van comes."""

    reference = models.CharField(max_length=26, unique=True)
    name = models.CharField(_("your name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    trade = models.CharField(_("kind of shop"), max_length=60)
    postal_code = models.CharField(_("ZIP code"), max_length=5)
    language = models.CharField(max_length=10, default="en")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text=_("that a van comes"))

    class Meta:
        db_table = "waitlist_entry"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["email", "postal_code"], name="waitlist_entry_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("asked_at")),
                name="waitlist_entry_asked_before_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None)
                | Q(confirmed_at__isnull=False, told_at__gte=F("confirmed_at")),
                name="waitlist_entry_confirmed_before_told",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trade_words(self) -> str:
        """The kind of shop, as people say it."""
        return str(dict(TRADES).get(self.trade, self.trade))
