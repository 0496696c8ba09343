"""How much of which proof is asked for, and how far from a door is far. Pure."""

from collections.abc import Mapping

from kernel import geo

# What is asked for where nobody said anything: words of `models.Level` by `models.ProofKind`.
USUAL = {"photo": "on", "signature": "off", "code": "off", "place": "on"}
FAR_M = 150.0  # further than this, and than a phone's own doubt, is far


def proof_levels(
    requires: str, shop_levels: Mapping[str, str], station_levels: Mapping[str, str]
) -> dict[str, str]:
    """The level of each kind of proof for one package: what it requires itself stands over its
    shop's rule, that over its station's, that over what is usual."""
    own = {requires: "required"} if requires in USUAL else {}
    return {**USUAL, **station_levels, **shop_levels, **own}


def distance_to_door(
    act: tuple[float | None, float | None], door: tuple[float | None, float | None]
) -> float | None:
    """How far from its door an act was recorded, in metres; None when a place is not known."""
    (here_lat, here_lng), (lat, lng) = act, door
    if here_lat is None or here_lng is None or lat is None or lng is None:
        return None
    return geo.distance_m(here_lat, here_lng, lat, lng)


def is_far(distance_m: float, accuracy_m: float | None) -> bool:
    """Whether somebody stood far from the door, with all the doubt a phone has of its place."""
    return distance_m - (accuracy_m or 0) > FAR_M


def as_read(distance_m: float) -> int:
    """Metres as people say them: nobody measured to the metre."""
    step = 10 if distance_m < 1000 else 100
    return round(distance_m / step) * step
