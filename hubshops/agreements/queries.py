"""Which version a shop is asked to sign, by which one it is bound, and who has not answered."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hubshops.agreements import rules
from hubshops.agreements.models import AgreementSignature, AgreementVersion
from hubshops.agreements.rules import Dated, Difference
from hubshops.shops.models import Shop, ShopStatus

# Whoever works with us or is about to: these are asked for their yes.
ASKED = [ShopStatus.PREPARING, ShopStatus.LIVE, ShopStatus.PAUSED, ShopStatus.SUSPENDED]


@dataclass(frozen=True)
class Terms:
    """Where a shop and the agreement stand on a day: the version it should answer (`asked`), the
    last one it signed, and the signature by which it is bound (`bound`), if any."""

    asked: AgreementVersion | None
    signed: AgreementSignature | None
    bound: AgreementSignature | None

    @property
    def differences(self) -> list[Difference]:
        """How what is asked differs from what was signed; nothing the first time."""
        if not (self.asked and self.signed):
            return []
        return rules.differences(self.signed.version.text, self.asked.text)


def terms_of(shop: Shop, day: dt.date) -> Terms:
    """Where a shop and the agreement stand. Three queries at most."""
    versions, signed = answers_of(shop)
    asked = rules.asked_for(versions, signed, day) if shop.status in ASKED else None
    bound = rules.holding(versions, signed, day)
    found = {one.version.number: one for one in signatures_of(shop)} if signed else {}
    return Terms(
        asked=AgreementVersion.objects.get(number=asked) if asked else None,
        signed=found.get(max(signed, default=0)),
        bound=found.get(bound) if bound else None,
    )


@dataclass(frozen=True, slots=True)
class Ask:
    """What a shop is asked to sign, for a banner: the version's number, the day it takes effect,
    and whether the shop ever signed one."""

    number: int
    effective_on: dt.date
    is_first: bool


def ask_of(shop: Shop, day: dt.date) -> Ask | None:
    """What a shop should sign now, without the text; None when it has answered all. One query."""
    if shop.status not in ASKED:
        return None
    versions, signed = answers_of(shop)
    number = rules.asked_for(versions, signed, day)
    days = {one.number: one.effective_on for one in versions}
    return Ask(number, days[number], not signed) if number else None


def answers_of(shop: Shop) -> tuple[list[Dated], set[int]]:
    """Every version with its day, and the numbers of those that a shop signed. One query."""
    theirs = AgreementSignature.objects.filter(shop=shop, version=OuterRef("pk"))
    found = AgreementVersion.objects.annotate(is_signed=Exists(theirs)).order_by("number")
    rows = list(found.values_list("number", "effective_on", "is_signed"))
    versions = [Dated(number, effective_on) for number, effective_on, _signed in rows]
    return versions, {number for number, _day, is_signed in rows if is_signed}


def signatures_of(shop: Shop) -> list[AgreementSignature]:
    """A shop's signatures with their versions, the newest version first. One query."""
    found = AgreementSignature.objects.filter(shop=shop).select_related("version", "user")
    return list(found.order_by("-version__number"))


def signature_for(shop: Shop, number: int) -> AgreementSignature | None:
    """A shop's signature under one version."""
    found = AgreementSignature.objects.select_related("version", "user", "shop__station")
    return found.filter(shop=shop, version__number=number).first()


def signature_by_id(signature_id: int) -> AgreementSignature | None:
    """One signature, for staff."""
    found = AgreementSignature.objects.select_related("version", "user", "shop__station")
    return found.filter(pk=signature_id).first()


def newest_version() -> AgreementVersion | None:
    """The version published last."""
    return AgreementVersion.objects.order_by("-number").first()


def version_of(number: int) -> AgreementVersion | None:
    """One version by its number."""
    return AgreementVersion.objects.select_related("published_by").filter(number=number).first()


def version_before(version: AgreementVersion) -> AgreementVersion | None:
    """The one before it."""
    return AgreementVersion.objects.filter(number__lt=version.number).order_by("-number").first()


def versions_with_counts() -> list[AgreementVersion]:
    """Every version, the newest first, without its text, and how many shops signed it
    (`signed`). One query."""
    found = AgreementVersion.objects.defer("text", "summaries").select_related("published_by")
    return list(found.annotate(signed=Count("signatures")).order_by("-number"))


def unanswered(version: AgreementVersion) -> QuerySet[Shop]:
    """Shops that are asked for their yes and gave it neither to this version nor to a later one, by
    name."""
    later = Q(version__number__gte=version.number)
    signed = AgreementSignature.objects.filter(later).values("shop_id")
    shops = Shop.objects.filter(status__in=ASKED).exclude(pk__in=signed)
    return shops.select_related("station").order_by("name", "pk")


def signers(version: AgreementVersion) -> QuerySet[AgreementSignature]:
    """The signatures under one version, the newest first."""
    return version.signatures.select_related("shop__station").order_by("-signed_at", "-pk")
