"""What a provider tells about accounts, payments and events, in our words. Pure."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """Whether a payee can be paid, as the provider said last."""

    NONE = "none"  # no account there yet
    MISSING = "missing"  # the shop has to tell something
    CHECKING = "checking"  # the provider looks at what it was told
    ACTIVE = "active"
    BLOCKED = "blocked"  # the provider says no; nothing the shop could send would help
    CLOSED = "closed"


@dataclass(frozen=True)
class Requirement:
    """One thing that a provider wants to know of a shop; `code` is the provider's."""

    code: str
    is_past_due: bool = False
    is_theirs: bool = False  # the provider itself is at it


@dataclass(frozen=True)
class AccountFacts:
    """A connected account at one look."""

    reference: str
    capability: Capability
    requirements: list[Requirement] = field(default_factory=list)
    deadline_at: dt.datetime | None = None
    disabled_reason: str = ""
    bank_name: str = ""
    bank_last4: str = ""
    bank_mark: str = ""


def is_other_bank(*, known: tuple[str, str], told: tuple[str, str]) -> bool:
    """Whether a provider tells of another bank account than the one known, each as its mark and
    its last four. Four digits alone agree too easily; they decide only where no mark is known."""
    (known_mark, known_last4), (mark, last4) = known, told
    if not last4:
        return False
    return last4 != known_last4 or bool(known_mark and mark and mark != known_mark)


def capability_of(
    status: str, *, is_closed: bool, requirements: list[Requirement], reason: str = ""
) -> Capability:
    """Our word for a provider's status: `active`, `pending`, anything else is a no, which the shop
    can mend when the provider waits for something that only the shop has."""
    if is_closed:
        return Capability.CLOSED
    if status == "active":
        return Capability.ACTIVE
    if any(not one.is_theirs for one in requirements) and not reason.startswith("rejected"):
        return Capability.MISSING
    if status == "pending" or any(one.is_theirs for one in requirements):
        return Capability.CHECKING
    return Capability.BLOCKED


@dataclass(frozen=True)
class ReversalFacts:
    """Money that went back from one transfer; `key` is empty when it was not our order."""

    reference: str
    amount_cents: int
    made_at: dt.datetime
    key: str = ""


@dataclass(frozen=True)
class TransferFacts:
    """A transfer as the provider has it; `key` is empty when it was not our order."""

    reference: str
    key: str
    batch_key: str
    payee_reference: str
    amount_cents: int
    made_at: dt.datetime
    reversals: list[ReversalFacts] = field(default_factory=list)


@dataclass(frozen=True)
class BankPayoutFacts:
    """The provider's movement from a shop's balance to its bank."""

    reference: str
    amount_cents: int
    status: str
    arrives_at: dt.datetime
    made_at: dt.datetime
    failure_code: str = ""


@dataclass(frozen=True)
class EventFacts:
    """News from a provider: what kind, about which object, in whose account (empty: our own)."""

    reference: str
    kind: str
    object_reference: str
    account_reference: str
    is_live: bool
    made_at: dt.datetime
