"""Distances on the globe, in metres."""

import math

EARTH_RADIUS_M = 6_371_008.8
METRES_PER_MILE = 1_609.344


def distance_m(lat_a: float, lng_a: float, lat_b: float, lng_b: float) -> float:
    """Great-circle distance between two points in degrees (haversine, mean earth radius)."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lng_b - lng_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
