"""Papers as strangers send them: photos and PDFs.

What came is never kept. A process of its own, which may use little, draws each page as a picture of
nothing but pixels; a file made to do harm ends that process and nothing else.
"""

import io
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from django.utils.translation import gettext_lazy as _
from PIL import Image, JpegImagePlugin

from kernel.refusals import Refusal

log = structlog.get_logger(__name__)

CHILD = Path(__file__).with_name("child.py")
MOST_BYTES = 10_000_000
MOST_SECONDS = 30  # by the clock; the child has two of the processor
REFUSED = 3
JPEG = b"\xff\xd8\xff"
MASK_SIDE, MASKED_SIDE = 16, 240


class PaperNotRead(Refusal):
    code = "paper_not_read"
    message = _("This file is damaged. Take a new photo of the paper.")


SENTENCES = {
    "empty": _("This file is empty. Take a photo of the paper, or choose another file."),
    "large": _("This file is over 10 MB. Take a photo of the paper instead."),
    "type": _("We take photos (JPEG, PNG, HEIC) and PDF files. Take a photo of the paper."),
    "mixed": _("This file holds more than a paper. Take a photo of the paper instead."),
    "program": _("This PDF holds a program or other files. Take a photo of the paper instead."),
    "locked": _("This PDF has a password. Save it without one, or take a photo of the paper."),
    "pages": _("This PDF has over 20 pages. Send only the pages that we ask for."),
    "pixels": _("This picture has over 25 megapixels. Take a smaller one."),
    "small": _("This picture is too small to read. Take it again, from closer."),
    "moving": _("This picture moves. Take one that stands still."),
    "heavy": _("This file is too heavy to open. Take a photo of the paper instead."),
    "broken": PaperNotRead.message,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as we keep it: the bytes of a JPEG without anything but pixels."""

    content: bytes
    width: int
    height: int


def read_paper(file: IO[bytes]) -> list[Page]:
    """The pages that a stranger's photo or PDF shows, upright, the longer side at most 2000 pixels.

    Refuses what is over 10 MB, 25 megapixels or 20 pages; what is neither JPEG, PNG, HEIC nor PDF,
    or something else as well; what is locked, damaged, or made to keep a computer busy. Costs a
    process that ends within two seconds of the processor and 300 MB.
    """
    with tempfile.TemporaryFile() as copy, tempfile.TemporaryFile() as answer:
        file.seek(0)
        copy.write(file.read(MOST_BYTES + 1))
        copy.seek(0)
        try:
            child = subprocess.run(  # noqa: S603  our own program, no word of it from outside
                [sys.executable, "-I", str(CHILD)],
                stdin=copy,
                stdout=answer,
                stderr=subprocess.PIPE,
                env={},
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as no:
            raise PaperNotRead(SENTENCES["heavy"]) from no
        if child.returncode:
            raise PaperNotRead(SENTENCES[word_of(child)])
        answer.seek(0)
        return read_pages(answer)


def word_of(child: subprocess.CompletedProcess[bytes]) -> str:
    """Why a child ended early: its own word, or that it was ended for using too much."""
    word = child.stderr.decode(errors="replace")
    if child.returncode == REFUSED and word in SENTENCES:
        return word
    log.warning("paper_ended_its_reader", code=child.returncode)
    return "heavy"


def read_pages(answer: IO[bytes]) -> list[Page]:
    """What the child wrote. It is not trusted either: a page is a JPEG or there is none."""
    pages = []
    while about := answer.readline(200):
        facts = json.loads(about)
        content = answer.read(facts["size"])
        if not content.startswith(JPEG):
            raise PaperNotRead
        pages.append(Page(content, int(facts["width"]), int(facts["height"])))
    if not pages:
        raise PaperNotRead
    return pages


def masked(content: bytes) -> bytes:
    """One of our pages so coarse that one sees that it is a paper and can't read a word of it."""
    with Image.open(io.BytesIO(content), formats=[JpegImagePlugin.JpegImageFile.format]) as page:
        page.draft("RGB", (MASKED_SIDE, MASKED_SIDE))
        coarse = page.convert("RGB")
    coarse.thumbnail((MASK_SIDE, MASK_SIDE), Image.Resampling.BOX)
    scale = MASKED_SIDE // max(coarse.size)
    kept = io.BytesIO()
    coarse.resize((coarse.width * scale, coarse.height * scale), Image.Resampling.BICUBIC).save(
        kept, "JPEG", quality=70
    )
    return kept.getvalue()
