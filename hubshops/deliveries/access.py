"""Handing out pictures to those who were let in."""

from django.http import FileResponse, Http404

from hubshops.deliveries.models import Proof
from kernel.files import open_private
from kernel.web import answers


def picture_answer(proof: Proof | None) -> FileResponse:
    """A proof's picture, shown in the page and kept nowhere. 404 when there is none, or its file
    was forgotten."""
    if proof is None:
        raise Http404
    try:
        content = open_private(proof.file)
    except FileNotFoundError as gone:
        raise Http404 from gone
    return answers.picture_answer(content, name=f"{proof.kind}-{proof.pk}.jpg")
