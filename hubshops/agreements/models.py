"""The agreement between shops and the operator: its versions, and who signed which."""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop


class AgreementVersion(models.Model):
    """The agreement as it reads from a day on: the binding English text under its SHA-256, and what
    it means in plain words, by language. A row is a published version. Laws: append-only; the hash
    is the text's (PostgreSQL computes it); it has a summary in English and in Spanish."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    summaries = models.JSONField(help_text=_("plain words by language"))
    effective_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        db_table = "agreement_version"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    sha256=Func(
                        Func(
                            Func(F("text"), Value("UTF8"), function="convert_to"),
                            function="sha256",
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="agreement_version_hash_is_of_the_text",
            ),
            models.CheckConstraint(
                condition=Q(summaries__has_keys=["en", "es"]),
                name="agreement_version_has_plain_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def summary(self, language: str) -> str:
        """What it means, in this language; in English when there is none."""
        return self.summaries.get(language) or self.summaries["en"]

    def language_shown(self, language: str) -> str:
        """The language in which `summary` answers."""
        return language if self.summaries.get(language) else "en"


class AgreementSignature(models.Model):
    """A shop's yes to one version: the very bytes (`sha256`), for which business, who gave it under
    what name and role, in which language she read what it means, when, from where, with what, and
    the words to which she agreed. Laws: append-only; once a shop and version; the hash is that
    version's."""

    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="signatures"
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="agreement_signatures", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    business = models.CharField(max_length=300, help_text=_("its name and address on that day"))
    email = models.EmailField()
    legal_name = models.CharField(_("your full legal name"), max_length=120)
    role = models.CharField(_("your role in the business"), max_length=80)
    language = models.CharField(max_length=10)
    consent = models.TextField(help_text=_("the words beside the ticks"))
    signed_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "agreement_signature"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "version"], name="agreement_signed_once_a_version"
            ),
            models.CheckConstraint(
                condition=~Q(legal_name="") & ~Q(role="") & ~Q(consent=""),
                name="agreement_signature_says_who_and_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.version_id}"
