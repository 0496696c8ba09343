"""Jobs of practice."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to shops that practiced."""

    GO_LIVE = "practice.go_live"
