"""What a phone tells of itself with a call. Pure."""

import datetime as dt
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone and what it still holds beside the acts of this call; None: it did not say."""

    key: uuid.UUID | None = None
    name: str = ""
    protocol: int = 1
    sent_at: dt.datetime | None = None
    unsent: int | None = None
    unsent_photos: int | None = None
    oldest_unsent_at: dt.datetime | None = None


NO_PHONE = Phone()
