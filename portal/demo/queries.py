"""What the demo's own pages show."""

from hubshops.deliveries.queries import recipient_code
from hubshops.packages.models import Package, Requirement
from hubshops.packages.rules import IN_CUSTODY

MOST_CODES = 20


def codes_of_today() -> list[tuple[Package, str]]:
    """Packages that shops hold and that are given for a code only, each with its code, the latest
    first. One query."""
    held = Package.objects.filter(requires=Requirement.CODE, state__in=IN_CUSTODY)
    found = held.select_related("shop").order_by("-service_day", "-pk")[:MOST_CODES]
    return [(package, recipient_code(package)) for package in found]
