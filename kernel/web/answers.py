"""Answers that are files, and a no with headers."""

from django.http import HttpResponse
from ninja.errors import HttpError


def file_answer(
    content: bytes | str, *, name: str, content_type: str, is_attachment: bool = False
) -> HttpResponse:
    """A file under its name: opened in the browser, or kept as a download."""
    answer = HttpResponse(content, content_type=content_type)
    place = "attachment" if is_attachment else "inline"
    answer["Content-Disposition"] = f'{place}; filename="{name}"'
    return answer


class HttpNo(HttpError):
    """A no of the API with headers, such as when to come back."""

    def __init__(self, status: int, words: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, str(words))
        self.headers = headers or {}
