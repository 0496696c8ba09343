"""Doors, stops and the way between them. Pure."""

from hubshops.manifests.rules.doors import door_key, short_name, split_street
from hubshops.manifests.rules.tours import Place, flat_distances, order_stops

__all__ = [
    "Place",
    "door_key",
    "flat_distances",
    "order_stops",
    "short_name",
    "split_street",
]
