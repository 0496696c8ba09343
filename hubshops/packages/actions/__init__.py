"""Every write to packages and their events."""

from hubshops.packages.actions.custody import move_custody
from hubshops.packages.actions.feeds import ingest_feed

__all__ = ["ingest_feed", "move_custody"]
