"""Every write to packages and their events."""

from hubshops.packages.actions.custody import move_custody
from hubshops.packages.actions.feeds import FeedReport, ingest_feed
from hubshops.packages.actions.uploads import (
    UploadIsGone,
    discard_upload,
    load_upload,
    stage_upload,
)

__all__ = [
    "FeedReport",
    "UploadIsGone",
    "discard_upload",
    "ingest_feed",
    "load_upload",
    "move_custody",
    "stage_upload",
]
