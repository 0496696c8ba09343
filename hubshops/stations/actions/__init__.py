"""Every write of stations and of the keys of their own systems."""

from hubshops.stations.actions.hours import set_hours
from hubshops.stations.actions.keys import (
    KeyIsGone,
    KeyNameIsTaken,
    UnknownKey,
    make_key,
    revoke_key,
    use_key,
)
from hubshops.stations.actions.opening import StationDiffers, StationFactIsWrong, open_station

__all__ = [
    "KeyIsGone",
    "KeyNameIsTaken",
    "StationDiffers",
    "StationFactIsWrong",
    "UnknownKey",
    "make_key",
    "open_station",
    "revoke_key",
    "set_hours",
    "use_key",
]
