"""What the parts of the door's API share: the router, and how a body is read."""

from django.http import HttpRequest, RawPostDataException
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import HttpError

from hubshops.shops.access import DoorSession

MEANT_FOR = "The `shop_id` of the list this belongs to: 409 in another shop's session"

router = Router(tags=["Door"], auth=DoorSession())


def body_of(request: HttpRequest) -> bytes:
    """What was sent. Refuses a form with files: it was read already, in search of a token."""
    try:
        return request.body
    except RawPostDataException as no:
        raise HttpError(400, _("The body is not JSON.")) from no


def no_number(name: str) -> None:
    """JSON has no NaN and no Infinity."""
    raise ValueError(name)
