"""What a shop's day asks for next. Pure."""

from enum import StrEnum


class Job(StrEnum):
    """The one thing to do now."""

    REST = "rest"
    COUNT_IN = "count_in"
    DELIVER = "deliver"
    CLOSE = "close"
    GIVE_BACK = "give_back"
    DONE = "done"


def job_now(
    *,
    total: int,
    coming: int,
    left: int,
    to_give_back: int,
    has_worked: bool = False,
    is_closed: bool = False,
) -> Job:
    """What comes first: the van, then the doors, then the day's end, then the driver of the next
    drop. `has_worked`: something came in or went out today, so there is a day to close."""
    if not total:
        return Job.REST
    if coming:
        return Job.COUNT_IN
    if left:
        return Job.DELIVER
    if has_worked and not is_closed:
        return Job.CLOSE
    return Job.GIVE_BACK if to_give_back else Job.DONE
