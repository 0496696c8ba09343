"""Papers that we ask of a business: its licence, its insurance, who delivers for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop


class Dossier(models.Model):
    """The papers of one business, from its application on; its shop has the same. `reference` is
    the address of an applicant's page. Laws: a shop has one dossier; it is never deleted."""

    reference = models.CharField(max_length=26, unique=True)
    shop = models.OneToOneField(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="dossier"
    )
    name = models.CharField(max_length=120, help_text=_("of the business"))
    contact_name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    zone = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "dossier"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class DocumentKind(models.TextChoices):
    LICENCE = "licence", _("Business license")
    INSURANCE = "insurance", _("Insurance certificate")
    IDENTITY = "identity", _("Identity card")


class DocumentStatus(models.TextChoices):
    REQUESTED = "requested", _("Asked for")
    UPLOADED = "uploaded", _("Not sent yet")
    UNDER_REVIEW = "under_review", _("Being looked at")
    REJECTED = "rejected", _("We need another one")
    VALID = "valid", _("Accepted")
    EXPIRING = "expiring", _("Runs out soon")
    EXPIRED = "expired", _("Has run out")


OPEN = ["requested", "uploaded", "under_review", "rejected"]
GOOD = ["valid", "expiring"]
ACCEPTED = [*GOOD, "expired"]


class DocumentQuerySet(models.QuerySet["Document"]):
    def open(self) -> "DocumentQuerySet":
        """Papers that somebody still has to bring or to look at."""
        return self.filter(status__in=OPEN, waived_at=None)

    def current(self) -> "DocumentQuerySet":
        """Papers that were accepted and have no successor."""
        return self.filter(status__in=ACCEPTED, replaced_at=None)

    def waiting(self) -> "DocumentQuerySet":
        """Papers that staff have to look at."""
        return self.filter(
            status=DocumentStatus.UNDER_REVIEW, waived_at=None, dossier__closed_at=None
        )


class Document(models.Model):
    """One paper of one kind and, for an identity card, of one person (`holder`). Laws: its status
    moves only along the table `document_move`; of a kind and holder one is open and one is current,
    so that an accepted paper counts until its successor is accepted; a paper that runs out says
    when, and insurance always does."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    holder = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=12, choices=DocumentStatus.choices, default=DocumentStatus.REQUESTED
    )
    expires_on = models.DateField(null=True, blank=True, help_text=_("its last good day"))
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        db_table = "document"
        ordering = ["pk"]
        indexes = [
            models.Index(F("dossier"), F("kind"), F("id"), name="document_of_dossier"),
            models.Index(
                F("sent_at"),
                F("id"),
                condition=Q(status="under_review", waived_at=None),
                name="document_waiting",
            ),
            models.Index(
                F("expires_on"),
                condition=Q(replaced_at=None, expires_on__isnull=False),
                name="document_runs_out",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "kind", "holder"],
                condition=Q(status__in=OPEN, waived_at=None),
                name="document_open_once",
            ),
            models.UniqueConstraint(
                fields=["dossier", "kind", "holder"],
                condition=Q(status__in=ACCEPTED, replaced_at=None),
                name="document_current_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="identity") & ~Q(holder="") | ~Q(kind="identity") & Q(holder=""),
                name="document_identity_iff_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(status__in=ACCEPTED),
                name="document_runs_out_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=False)
                | ~Q(status__in=["expiring", "expired"]) & ~Q(status="valid", kind="insurance"),
                name="document_says_when_it_runs_out",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(status__in=ACCEPTED),
                name="document_replaced_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="document_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DocumentStatus.values), name="document_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.holder}".strip()

    @property
    def is_shown_back(self) -> bool:
        """Whether who sent it sees it again in full; nobody's identity card is."""
        return self.kind != DocumentKind.IDENTITY


class DocumentMove(models.Model):
    """A step that a document may take: `rules.MOVES` as PostgreSQL knows it, filled by migrations.
    Law: append-only."""

    source = models.CharField(max_length=12, choices=DocumentStatus.choices)
    target = models.CharField(max_length=12, choices=DocumentStatus.choices)

    class Meta:
        db_table = "document_move"
        ordering = ["source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="document_move_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Upload(models.Model):
    """What was sent for a document at one time. The file itself is never kept, only what it showed:
    its pages. Laws: never deleted; a document's uploads are numbered."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="uploads", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of what was sent"))
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "document_upload"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_upload_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.number}"


class UploadPage(models.Model):
    """One page of an upload, a picture of nothing but pixels; its file is private."""

    upload = models.ForeignKey(
        Upload, on_delete=models.PROTECT, related_name="pages", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=120, help_text=_("its name among our private files"))
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        db_table = "document_page"
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="document_page_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}: {self.number}"


class DocumentStep(models.Model):
    """A document came to a status: when, by whom (nobody is the applicant or the portal), with
    which words. Law: append-only."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    status = models.CharField(max_length=12, choices=DocumentStatus.choices)
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
        db_table = "document_step"
        ordering = ["pk"]
        indexes = [models.Index(F("document"), F("id"), name="document_step_history")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.status}"


class Reminder(models.Model):
    """Its owner was told that a paper runs out in so many days. Laws: append-only; once each."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "document_reminder"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["document", "days"], name="document_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.days}"


class Look(models.Model):
    """A member of staff was shown a page of somebody's paper. Law: append-only."""

    page = models.ForeignKey(
        UploadPage, on_delete=models.PROTECT, related_name="looks", db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "document_look"
        ordering = ["pk"]
        indexes = [models.Index(F("page"), F("id"), name="document_look_of_page")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.by_id}"
