"""The roof: settings, addresses, and the pages that look at the whole house."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
