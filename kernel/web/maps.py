"""What `components/map.html` draws: a counter with its circle, pins, and the way between them.

A pin carries what the list beside the map says, and nothing more.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Pin:
    """One place. `mark` stands in the pin, `kind` gives its shape and colour (`left`, `done`,
    `problem`, `unplaced`), `title` and `lines` are read when it is opened, `url` leads to the same
    thing in the list."""

    mark: str
    latitude: float
    longitude: float
    kind: str
    title: str
    lines: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """A shop or a station, named on the map; `radius_m` draws how far it goes."""

    name: str
    latitude: float
    longitude: float
    radius_m: int = 0
    kind: str = "shop"
    text: str = ""


def map_of(
    counters: Sequence[Counter], pins: Sequence[Pin], *, has_way: bool = False
) -> dict[str, object]:
    """The map as `static/js/map.js` reads it. `has_way` joins the first counter and the pins in
    their order and back."""
    return {
        "counters": [dataclasses.asdict(one) for one in counters],
        "pins": [dataclasses.asdict(one) for one in pins],
        "has_way": has_way,
        "tiles": tiles(),
        "words": {
            "zoom_in": _("Closer"),
            "zoom_out": _("Farther"),
            "close": _("Close"),
            "show": _("Show in the list"),
        },
    }


def tiles() -> dict[str, str] | None:
    """The operator's own choice of a map server, if she made one."""
    if not settings.MAP_TILES_URL:
        return None
    return {"url": settings.MAP_TILES_URL, "attribution": settings.MAP_TILES_ATTRIBUTION}


def outside_links(latitude: float | None, longitude: float | None) -> list[tuple[str, str]]:
    """(words, address) of map programs that can show a place. Following one tells its maker the
    place, so a page says that beside them. Nothing for an unknown place."""
    if latitude is None or longitude is None:
        return []
    place = f"{latitude:.6f},{longitude:.6f}"
    google = "https://www.google.com/maps/dir/?" + urlencode({"api": "1", "destination": place})
    return [(_("Maps on this phone"), f"geo:{place}?q={place}"), (_("Google Maps"), google)]
