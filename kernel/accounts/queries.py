"""Where a person is signed in."""

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from kernel.accounts.models import User
from kernel.accounts.rules import device_of


@dataclass(frozen=True)
class Place:
    """One browser in which a person is signed in."""

    session: UserSession
    browser: str
    device: str
    is_here: bool


def places_of(user: User, *, at: dt.datetime, here: str | None) -> list[Place]:
    """The browsers in which a person is signed in: the one that asks first, then the last seen."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-last_seen_at")
    places = [Place(row, *device_of(row.user_agent), row.session_key == here) for row in rows]
    return sorted(places, key=lambda place: not place.is_here)
