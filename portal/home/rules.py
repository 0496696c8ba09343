"""What a shop's day asks for next. Pure."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum

DAYS_AHEAD = 62


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


def next_day(day: dt.date, weekdays: str, off: Collection[dt.date] = ()) -> dt.date | None:
    """The next day after `day` on which a shop works (`weekdays` like "12345", Monday is 1)."""
    days = (day + dt.timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD))
    return next((one for one in days if str(one.isoweekday()) in weekdays and one not in off), None)
