"""Handing out pages of papers to those who were let in."""

from django.http import FileResponse, Http404

from hubshops.documents.models import UploadPage
from kernel.files import open_private
from kernel.papers import masked
from kernel.web.answers import picture_answer


def page_answer(page: UploadPage | None, *, is_masked: bool = False) -> FileResponse:
    """A page's picture; masked, only so much of it that one sees that there is a paper. 404 when
    there is none, or its file was forgotten."""
    if page is None:
        raise Http404
    try:
        file = open_private(page.file)
    except FileNotFoundError as gone:
        raise Http404 from gone
    name = f"paper-{page.upload_id}-{page.number}.jpg"
    if not is_masked:
        return picture_answer(file, name=name)
    with file:
        return picture_answer(masked(file.read()), name=name)
