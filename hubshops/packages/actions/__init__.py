"""Every write to packages and their events."""

from hubshops.packages.actions.columns import TooManyNames, remember_columns
from hubshops.packages.actions.custody import Written, move_custody
from hubshops.packages.actions.feeds import FeedReport, ingest_feed
from hubshops.packages.actions.loading import (
    LookedAtAgain,
    confirm_upload,
    load_upload,
    receive_and_load,
)
from hubshops.packages.actions.undoing import CannotUndo, undo_load
from hubshops.packages.actions.uploads import (
    ask_to_look,
    forget_uploads,
    is_large,
    look_at_upload,
    put_upload_aside,
    receive_upload,
)

__all__ = [
    "CannotUndo",
    "FeedReport",
    "LookedAtAgain",
    "TooManyNames",
    "Written",
    "ask_to_look",
    "confirm_upload",
    "forget_uploads",
    "ingest_feed",
    "is_large",
    "load_upload",
    "look_at_upload",
    "move_custody",
    "put_upload_aside",
    "receive_and_load",
    "receive_upload",
    "remember_columns",
    "undo_load",
]
