"""What a station's facts have to be. Pure."""

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
