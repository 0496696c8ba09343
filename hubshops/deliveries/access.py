"""Handing out pictures to those who were let in."""

from django.http import FileResponse, Http404

from hubshops.deliveries.models import Proof
from kernel.files import CONTENT_TYPE, open_private


def picture_answer(proof: Proof | None) -> FileResponse:
    """A proof's picture, shown in the page and kept nowhere. 404 when there is none, or its file
    was forgotten."""
    if proof is None:
        raise Http404
    try:
        content = open_private(proof.file)
    except FileNotFoundError as gone:
        raise Http404 from gone
    answer = FileResponse(content, content_type=CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{proof.kind}-{proof.pk}.jpg"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
