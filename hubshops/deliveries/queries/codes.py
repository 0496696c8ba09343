"""The code that a recipient tells at the door."""

from django.conf import settings
from django.utils.encoding import force_bytes

from hubshops.deliveries import rules
from hubshops.deliveries.queries.acts import LockedPackage
from hubshops.packages.models import Package


def recipient_code(package: Package) -> str:
    """The code to send to a package's recipient. Costs nothing but arithmetic."""
    return code_by(settings.SECRET_KEY, package)


def right_codes(package: Package | LockedPackage) -> frozenset[str]:
    """Every code that is right for a package: today's, and those sent while an earlier secret was
    in use."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return frozenset(code_by(secret, package) for secret in secrets)


def code_by(secret: str | bytes, package: Package | LockedPackage) -> str:
    """A package's code under one secret."""
    return rules.recipient_code(
        package_id=package.pk, tracking_id=package.tracking_id, secret=force_bytes(secret)
    )
