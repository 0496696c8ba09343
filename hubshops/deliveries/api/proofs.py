"""Pictures that show an act."""

import uuid
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema
from ninja.errors import HttpError
from pydantic import Field

from hubshops.deliveries.actions import ActOfAnotherShop, keep_proof
from hubshops.deliveries.api.wire import MEANT_FOR, router
from hubshops.deliveries.forms import said_of_picture
from hubshops.deliveries.models import ProofKind
from hubshops.shops.access import require_shop
from kernel import clock
from kernel.files import MOST_BYTES, TooManyBytes
from kernel.limits import take_turn
from kernel.refusals import Refusal
from kernel.web.answers import HttpNo

# A large shop's day has some hundred doors with a few pictures each.
MOST_PICTURES_A_DAY = 2_000
PICTURES = ("image/jpeg", "image/png", "image/webp")


class ProofOut(Schema):
    act: uuid.UUID
    kind: Literal["photo", "signature"]
    sha256: str = Field(description="Of the bytes as they were sent")
    result: Literal["recorded", "already_recorded"]


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


@router.put(
    "/proofs/{act_id}",
    response={200: ProofOut, 201: ProofOut}
    | dict.fromkeys((401, 403, 404, 409, 413, 422, 429, 503), Problem),
    operation_id="door_proof",
    summary="Send a picture that shows an act",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                name: {"schema": {"type": "string", "format": "binary"}} for name in PICTURES
            },
        },
        "parameters": [
            {"name": name, "in": "header", "schema": {"type": "string"}, "description": words}
            for name, words in {
                "X-Taken-At": "The phone's clock, with its offset",
                "X-Said": "Who signed, in percent-encoded UTF-8",
                "X-Is-Good": "1 or 0: whether the phone finds it sharp and bright",
            }.items()
        ],
    },
)
def proof(
    request: HttpRequest,
    act_id: uuid.UUID,
    kind: Literal["photo", "signature"],
    told_shop: int | None = Query(None, alias="shop", description=MEANT_FOR),
) -> tuple[int, dict[str, Any]]:
    """Keep a photo or a signature, before its act comes or after it.

    The body is a JPEG, PNG or WebP of at most 5 MB and 25 megapixels. It is encoded anew, so that
    nothing but its pixels is kept. The same bytes for the same act are one picture. More than 2,000
    a day from one shop are told to come later, so that nobody can fill our disks.
    """
    require_shop(request, told_shop)
    shop = str(request.shop.pk)
    if not take_turn("pictures", shop, most=MOST_PICTURES_A_DAY, seconds=86_400):
        later = _("Your shop sent very many pictures today. Nothing is lost: send them tomorrow.")
        raise HttpNo(429, later, {"Retry-After": "60"})
    try:
        kept, is_new = keep_proof(
            shop=request.shop,
            by=request.user,
            act_id=act_id,
            kind=ProofKind(kind),
            content=picture_sent(request),
            at=clock.now(),
            **said_of_picture(request.headers),
        )
    except ActOfAnotherShop as no:
        raise Http404 from no
    except Refusal as no:
        raise HttpError(422, no.sentence) from no
    result = "recorded" if is_new else "already_recorded"
    words = {"act": act_id, "kind": kind, "sha256": kept.fingerprint, "result": result}
    return (201 if is_new else 200), words


def picture_sent(request: HttpRequest) -> bytes:
    """The body. Refuses what is longer than a picture may be, before it is read whole."""
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HttpError(413, TooManyBytes().sentence)
    return content
