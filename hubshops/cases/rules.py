"""What may be done with a case, and what follows. Pure."""

from enum import StrEnum

TIME_RAN_OUT = "time_ran_out"  # a resolution that the clock wrote; pages have its words


class Status(StrEnum):
    """Where a case is; the words are `cases.models.CaseStatus`."""

    OPEN = "open"
    WAITING_SHOP = "waiting_shop"
    WAITING_OPS = "waiting_ops"
    WAITING_RECIPIENT = "waiting_recipient"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Deed(StrEnum):
    """What a person, or the clock, does with a case."""

    CLAIM = "claim"
    ANSWER = "answer"  # the shop
    REPLY = "reply"  # staff, nothing asked
    ASK = "ask"
    RESOLVE = "resolve"
    CLOSE = "close"
    LAPSE = "lapse"


STANDING = frozenset(
    {Status.OPEN, Status.WAITING_SHOP, Status.WAITING_OPS, Status.WAITING_RECIPIENT}
)
# None: the case stays where it is.
ENDS_IN: dict[Deed, Status | None] = {
    Deed.CLAIM: None,
    Deed.ANSWER: Status.WAITING_OPS,
    Deed.REPLY: None,
    Deed.ASK: Status.WAITING_SHOP,
    Deed.RESOLVE: Status.RESOLVED,
    Deed.CLOSE: Status.CLOSED,
    Deed.LAPSE: Status.RESOLVED,
}
RENEWS_THE_CLOCK = frozenset({Deed.ANSWER, Deed.ASK})


def may(deed: Deed, status: Status) -> bool:
    """Whether this may be done with a case that is there."""
    return status == Status.RESOLVED if deed == Deed.CLOSE else status in STANDING


def status_after(deed: Deed, status: Status) -> Status:
    """Where a case is after a deed."""
    return ENDS_IN[deed] or status


class Effect(StrEnum):
    """What follows from how a case was resolved, beside its words. None lowers pay or score."""

    NOTHING = ""
    SHORT_CONFIRMED = "short_confirmed"
    FOUND = "found"
    STANDS = "stands"


EFFECTS: dict[str, tuple[Effect, ...]] = {
    "drop": (Effect.NOTHING, Effect.SHORT_CONFIRMED, Effect.FOUND),
    "conflict": (Effect.NOTHING, Effect.STANDS),
}


def effects_of(kind: str) -> tuple[Effect, ...]:
    """What may follow from resolving a case of this kind."""
    return EFFECTS.get(kind, (Effect.NOTHING,))
