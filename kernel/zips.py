"""Where a US ZIP code lies, known offline."""

import re
from dataclasses import dataclass
from functools import lru_cache

ZIP_CODE = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
DEFAULT_ZONE = "America/New_York"


@dataclass(frozen=True)
class Place:
    """The middle of a ZIP code's area, in degrees, with the names the Post Office uses."""

    city: str
    state: str
    zone: str
    latitude: float
    longitude: float


@lru_cache(maxsize=4096)
def place_of(postal_code: str) -> Place | None:
    """The place of a five- or nine-digit ZIP code, or None when nobody knows it.

    The first call loads the list of all ZIP codes (0.3 s); it is not loaded before.
    """
    import zipcodes

    # The library panics on letters that are no ASCII, so the shape is checked here.
    shape = ZIP_CODE.fullmatch(postal_code.strip())
    matching = zipcodes.matching(shape[1]) if shape else []
    for found in matching:
        latitude, longitude = float(found["lat"]), float(found["long"])
        if (latitude, longitude) != (0.0, 0.0):  # military post offices have no place
            zone = found["timezone"] or DEFAULT_ZONE
            return Place(found["city"], found["state"], zone, latitude, longitude)
    return None


def place_of_zip(postal_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of a ZIP code, or None when nobody knows it."""
    place = place_of(postal_code)
    return (place.latitude, place.longitude) if place else None
