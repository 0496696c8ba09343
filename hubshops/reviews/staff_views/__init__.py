"""Reviewing applications, and seeing background checks through."""

from hubshops.reviews.staff_views.checking import check
from hubshops.reviews.staff_views.reviewing import claim, queue, review

__all__ = ["check", "claim", "queue", "review"]
