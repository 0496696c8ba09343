"""Shops that sign."""

import datetime as dt

from hubshops.agreements.actions import sign_agreement
from hubshops.agreements.models import AgreementSignature, AgreementVersion
from hubshops.shops.models import Shop
from kernel.accounts.models import User

SUMMARIES = {"en": "You deliver. We pay.", "es": "Usted entrega. Pagamos."}


def first() -> AgreementVersion:
    """The version that the portal came with."""
    return AgreementVersion.objects.get(number=1)


def sign(
    shop: Shop, by: User, *, at: dt.datetime, version: AgreementVersion | None = None, **facts
) -> AgreementSignature:
    """An owner's yes to a version, the first when none is named."""
    told = {
        "legal_name": "Rosa Marte",
        "role": "owner",
        "consent": "I agree.",
        "language": "en",
        "address": "203.0.113.9",
        "device": "A phone",
    }
    sha256 = (version or first()).sha256
    return sign_agreement(shop=shop, sha256=sha256, by=by, at=at, **told | facts)
