"""When a referral does not count. Pure."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from hubshops.shops.rules import street_key

LIVE_FOR = dt.timedelta(days=90)


class Void(StrEnum):
    """Why a referral earns nothing."""

    OWN_SHOP = "own_shop"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_STREET = "same_street"
    KNOWN = "known"


class Reached(StrEnum):
    """What a shop that was invited has reached."""

    LIVE = "live"
    LIVE_90_DAYS = "live_90_days"


@dataclass(frozen=True)
class Party:
    """Who invites, or who applies: the facts by which one person is recognised in two places."""

    emails: frozenset[str]
    phone: str
    street: str
    postal_code: str
    name: str = ""


def digits_of(phone: str) -> str:
    """The ten digits that tell two numbers apart, however they are written."""
    return re.sub(r"\D", "", phone)[-10:]


def place_of(party: Party) -> tuple[str, str]:
    """The address as it is compared."""
    return street_key(party.street), party.postal_code[:5]


def void_because(*, inviter: Party, invited: Party, is_known: bool) -> Void | None:
    """Why this referral does not count, the plainest reason first; None when it does."""
    same_name = inviter.name.casefold() == invited.name.casefold() != ""
    same_place = place_of(inviter) == place_of(invited)
    if same_name and same_place:
        return Void.OWN_SHOP
    if inviter.emails & invited.emails:
        return Void.SAME_EMAIL
    if digits_of(inviter.phone) and digits_of(inviter.phone) == digits_of(invited.phone):
        return Void.SAME_PHONE
    if same_place:
        return Void.SAME_STREET
    return Void.KNOWN if is_known else None


def reached(*, live_at: dt.datetime | None, is_live: bool, at: dt.datetime) -> Collection[Reached]:
    """The milestones of a shop that went live at a moment; the second asks that it still is."""
    if live_at is None:
        return ()
    if is_live and at >= live_at + LIVE_FOR:
        return (Reached.LIVE, Reached.LIVE_90_DAYS)
    return (Reached.LIVE,)
