"""Jobs of the cases."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to cases in the background."""

    SWEEP = "cases.sweep"
    PROOFS = "cases.proofs"
    LAPSE = "cases.lapse"
