"""Strangers' papers become pictures of nothing but pixels, or a sentence."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from kernel import papers
from kernel.papers import child
from tests.hostile_files import CONTAINED, HOSTILE, SMALL_HEIC, pdf, picture, sentence_of

pytestmark = pytest.mark.long
MOST_MEMORY = 300_000_000
MOST_SECONDS = 3  # of the processor: two, and what a busy machine counts late
# Runs the child from a small process and says what it wrote and what it used at most.
MEASURE = """
import json, resource, subprocess, sys
child = subprocess.run(sys.argv[1:], stdin=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = used.ru_utime + used.ru_stime
print(json.dumps([len(child.stdout), used.ru_maxrss * 1024, seconds]))
"""


def read(content: bytes) -> list[papers.Page]:
    return papers.read_paper(io.BytesIO(content))


def opened(page: papers.Page) -> Image.Image:
    return Image.open(io.BytesIO(page.content))


def measured(content: bytes, tmp_path: Path) -> tuple[int, int, float]:
    """How much memory the child used at most, how many bytes of pages it wrote, and how many
    seconds of the processor it took."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with path.open("rb") as file:
        small = subprocess.run(
            [sys.executable, "-S", "-c", MEASURE, sys.executable, "-I", child.__file__],
            stdin=file,
            capture_output=True,
            check=True,
        )
    written, memory, seconds = json.loads(small.stdout)
    return memory, written, seconds


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_sentence_and_little_cost(name, tmp_path):
    content = HOSTILE[name][0]()
    with pytest.raises(papers.PaperNotRead) as no:
        read(content)
    assert no.value.sentence == sentence_of(name)
    memory, written, seconds = measured(content, tmp_path)
    assert memory < MOST_MEMORY
    assert seconds < MOST_SECONDS
    assert written == 0


@pytest.mark.parametrize("name", CONTAINED)
def test_what_only_costs_costs_little(name, tmp_path):
    memory, _written, seconds = measured(CONTAINED[name](), tmp_path)
    assert memory < MOST_MEMORY
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_becomes_one_page(kind):
    (page,) = read(picture(kind, size=(3000, 1500)))
    assert (page.width, page.height) == (2000, 1000)
    assert opened(page).format == "JPEG"


def test_an_iphones_photo_becomes_one_page():
    (page,) = read(SMALL_HEIC)
    assert (page.width, page.height) == (64, 48)


def test_nothing_but_pixels_is_left_of_a_photo():
    exif = Image.Exif()
    exif[0x010E] = "CANARY"
    exif[0x0112] = 6  # held sideways
    (page,) = read(picture(exif=exif, comment=b"CANARY", size=(300, 200)) + b"CANARY after its end")
    assert (page.width, page.height) == (200, 300)
    assert b"CANARY" not in page.content
    assert not opened(page).getexif()


def test_each_page_of_a_pdf_becomes_one():
    pages = read(pdf(20))
    assert len(pages) == 20
    assert {max(page.width, page.height) for page in pages} == {2000}
    assert opened(pages[0]).convert("L").getextrema()[0] < 60, "its words are there"


def test_what_was_typed_into_a_form_is_seen():
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.acroForm.textfield(
        name="a", x=100, y=400, width=300, height=60, value="MMMM", fontSize=40
    )
    canvas.showPage()
    canvas.save()
    filled = opened(read(out.getvalue())[0]).convert("L")
    assert PdfReader(out).get_fields()
    assert filled.getextrema()[0] < 60


def test_a_clear_picture_lies_on_white_paper():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    (page,) = read(out.getvalue())
    assert opened(page).getpixel((20, 20)) == (255, 255, 255)


def test_a_masked_page_can_be_seen_and_not_be_read():
    (page,) = read(picture(size=(1200, 800)))
    coarse = Image.open(io.BytesIO(papers.masked(page.content)))
    assert coarse.size == (240, 150) or max(coarse.size) == 240
    assert len(papers.masked(page.content)) < 5_000


def test_a_child_is_not_trusted():
    line = b'{"width": 1, "height": 1, "size": 4}\n'
    for answer in (b"", line + b"<htm"):
        with pytest.raises(papers.PaperNotRead):
            papers.read_pages(io.BytesIO(answer))
