"""Doors, stops and the way between them. Pure."""

from hubshops.manifests.rules.codes import paper_address, read_stop_code, stop_code
from hubshops.manifests.rules.doors import door_key, short_name, split_street, street_key, window
from hubshops.manifests.rules.own_order import (
    by_streets,
    carried_over,
    learn,
    moved,
    split_evenly,
)
from hubshops.manifests.rules.times import (
    DAY,
    Timetable,
    Visit,
    busy_span,
    efforts,
    leaving,
    seconds_of,
    timetable,
)
from hubshops.manifests.rules.tours import Place, metres_between, order_stops
from hubshops.manifests.rules.wishes import in_time

__all__ = [
    "DAY",
    "Place",
    "Timetable",
    "Visit",
    "busy_span",
    "by_streets",
    "carried_over",
    "door_key",
    "efforts",
    "in_time",
    "learn",
    "leaving",
    "metres_between",
    "moved",
    "order_stops",
    "paper_address",
    "read_stop_code",
    "seconds_of",
    "short_name",
    "split_evenly",
    "split_street",
    "stop_code",
    "street_key",
    "timetable",
    "window",
]
