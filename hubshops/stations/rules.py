"""What a station's facts have to be. Pure."""

import datetime as dt
import math
import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,11}")
STATE = re.compile(r"[A-Z]{2}")


def is_code(text: str) -> bool:
    """Whether `text` can name a station: 2 to 12 capital letters, digits and hyphens."""
    return CODE.fullmatch(text) is not None


def is_on_the_globe(latitude: float, longitude: float) -> bool:
    """Whether two numbers are a place on earth, in degrees; NaN and infinity are not."""
    return (
        math.isfinite(latitude)
        and math.isfinite(longitude)
        and (abs(latitude) <= 90 and abs(longitude) <= 180)
    )


@cache
def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone with a place, like America/Chicago, or UTC."""
    if name not in available_timezones():
        return False
    ZoneInfo(name)
    return True


def cut_off(day: dt.date, cutoff_time: dt.time, zone: str) -> dt.datetime:
    """The moment until which something can be changed for `day`: the station's cut-off on the day
    before, by the station's own clock."""
    return dt.datetime.combine(day - dt.timedelta(days=1), cutoff_time, ZoneInfo(zone))
