"""Applying, the page that tells an applicant where it stands, and the waiting list."""

from hubshops.applications.views.applying import (
    begin,
    check,
    fit,
    later,
    links,
    page,
    record,
    start,
)
from hubshops.applications.views.status import status, withdraw
from hubshops.applications.views.waiting import waiting, waitlist

__all__ = [
    "begin",
    "check",
    "fit",
    "later",
    "links",
    "page",
    "record",
    "start",
    "status",
    "waiting",
    "waitlist",
    "withdraw",
]
