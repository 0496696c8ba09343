"""Answers that are files."""

from django.http import HttpResponse


def file_answer(
    content: bytes | str, *, name: str, content_type: str, is_attachment: bool = False
) -> HttpResponse:
    """A file under its name: opened in the browser, or kept as a download."""
    answer = HttpResponse(content, content_type=content_type)
    place = "attachment" if is_attachment else "inline"
    answer["Content-Disposition"] = f'{place}; filename="{name}"'
    return answer
