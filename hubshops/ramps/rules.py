"""A new shop's way into its cap: it gets more after good days in a row. Pure."""

from collections.abc import Sequence

STEP = 5
GOOD_DAYS_A_STEP = 3
LEAST_DELIVERED = 0.8  # of what came in, on a good day


def is_good_day(
    *, received: int, delivered: int, not_counted_in: int, missing: int, gap: int
) -> bool:
    """Whether a day went well: packages came, each was counted in and is accounted for, and four of
    five at least were delivered."""
    if not received or not_counted_in or missing or gap:
        return False
    return delivered >= received * LEAST_DELIVERED


def days_in_a_row(good: Sequence[bool]) -> int:
    """How many good days stand at the end of these, the newest last."""
    count = 0
    for one in reversed(good):
        if not one:
            break
        count += 1
    return count


def next_cap(cap: int, agreed: int, good: Sequence[bool]) -> int:
    """What a new shop gets from now on. `good` are its days with packages since the last step, the
    newest last: enough good ones at their end are a step up, never beyond what was agreed; a bad
    one lets it stay where it is and starts the count anew."""
    if days_in_a_row(good) < GOOD_DAYS_A_STEP:
        return min(cap, agreed)
    return min(cap + STEP, agreed)
