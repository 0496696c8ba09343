"""Doors, stops and the way between them. Pure."""

from hubshops.manifests.rules.codes import paper_address, read_stop_code, stop_code
from hubshops.manifests.rules.doors import door_key, short_name, split_street, window
from hubshops.manifests.rules.tours import Place, flat_distances, order_stops

__all__ = [
    "Place",
    "door_key",
    "flat_distances",
    "order_stops",
    "paper_address",
    "read_stop_code",
    "short_name",
    "split_street",
    "stop_code",
    "window",
]
