"""How a station's own system comes in: with a key, at a bounded pace, to its own station only."""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from hubshops.stations.actions import UnknownKey, use_key
from hubshops.stations.models import StationKey
from kernel import clock
from kernel.limits import take_turn
from kernel.web.answers import HttpNo

MOST_A_MINUTE = 600


class StationBearer(HttpBearer):
    """Lets a station's system call the API with `Authorization: Bearer KEY`, and finds
    `request.station` and `request.station_key`.

    No key and one that is wrong, revoked or expired are one 401; an address of another station
    (`{code}`) is 404; more than `MOST_A_MINUTE` calls a minute are 429. One query.
    """

    def __call__(self, request: HttpRequest) -> StationKey:
        return super().__call__(request) or turn_away()

    def authenticate(self, request: HttpRequest, token: str) -> StationKey:
        try:
            key = use_key(token=token, at=clock.now())
        except UnknownKey:
            turn_away()
        if not take_turn("station_key", str(key.pk), most=MOST_A_MINUTE, seconds=60):
            words = _("Too many calls with this key. Wait a minute, then go on.")
            raise HttpNo(429, words, {"Retry-After": "60"})
        code = request.resolver_match.kwargs.get("code", key.station.code)
        if code.upper() != key.station.code:
            raise Http404
        request.station_key, request.station = key, key.station
        return key


def turn_away() -> NoReturn:
    """The one answer to a key that does not open the door, whatever is wrong with it."""
    words: Any = UnknownKey.message
    raise HttpNo(401, words, {"WWW-Authenticate": 'Bearer realm="stations"'})
