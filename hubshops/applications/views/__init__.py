"""Applying, and the page that tells an applicant where it stands."""

from hubshops.applications.views.status import (
    APPLICATIONS_AN_HOUR,
    apply,
    found,
    masked,
    private,
    status,
    status_facts,
    take_in,
    withdraw,
)

__all__ = [
    "APPLICATIONS_AN_HOUR",
    "apply",
    "found",
    "masked",
    "private",
    "status",
    "status_facts",
    "take_in",
    "withdraw",
]
