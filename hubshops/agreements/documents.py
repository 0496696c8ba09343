"""A signed agreement as paper: the binding text, then who signed it, when and how."""

from zoneinfo import ZoneInfo

from django.conf import settings
from reportlab.pdfgen.canvas import Canvas

from hubshops.agreements import rules
from hubshops.agreements.models import AgreementSignature
from kernel import pdf
from kernel.pdf import BOLD, PLAIN

LEFT, RIGHT, TOP, BOTTOM = 64.0, 548.0, 728.0, 64.0
SIZE, LEAD = 10.0, 14.0

Line = tuple[str, str, float]  # words, font, room above


def signed_copy(signature: AgreementSignature) -> bytes:
    """The paper that both sides keep. It is in English, as what binds is; the same signature gives
    the same bytes. Some milliseconds a page."""
    title = f"Agreement, version {signature.version.number}, {signature.legal_name}"
    canvas, out = pdf.new_canvas(title=title, author=settings.SITE_NAME)
    pages = paginate([*text_lines(signature), *signature_lines(signature)])
    for number, lines in enumerate(pages, 1):
        draw_page(canvas, lines, f"{title} – page {number} of {len(pages)}")
    canvas.save()
    return out.getvalue()


def text_lines(signature: AgreementSignature) -> list[Line]:
    """The binding text, wrapped."""
    head: list[Line] = [
        (settings.SITE_NAME, BOLD, 0.0),
        (f"Agreement, version {signature.version.number}", BOLD, 4.0),
        (f"In effect from {signature.version.effective_on:%B %-d, %Y}", PLAIN, 0.0),
    ]
    return head + [
        line
        for part in rules.parts_of(signature.version.text)
        for line in wrapped(part.words, BOLD if part.is_heading else PLAIN)
    ]


def signature_lines(signature: AgreementSignature) -> list[Line]:
    """Who signed, and all that was kept with it."""
    moment = signature.signed_at.astimezone(ZoneInfo(signature.shop.zone))
    facts = [
        ("Business", signature.business),
        ("Signed by", f"{signature.legal_name}, {signature.role}"),
        ("Signed in as", signature.email),
        ("At", f"{moment:%B %-d, %Y, %-I:%M:%S %p %Z}"),
        ("From the address", signature.address or "not known"),
        ("With", signature.device or "not known"),
        ("The plain words were shown in", signature.language),
        ("SHA-256 of the text", signature.sha256),
    ]
    lines: list[Line] = [("Signature", BOLD, 20.0)]
    for term, words in facts:
        lines += wrapped(f"{term}: {words}", PLAIN, above=2.0)
    lines.append(("The words beside the ticks", BOLD, 12.0))
    for words in signature.consent.splitlines():
        lines += wrapped(words, PLAIN, above=2.0)
    return lines


def wrapped(words: str, font: str, above: float = 8.0) -> list[Line]:
    """A paragraph as lines, with room above the first."""
    lines = pdf.wrap(words, font, SIZE, RIGHT - LEFT)
    return [(line, font, 0.0 if place else above) for place, line in enumerate(lines)]


def paginate(lines: list[Line]) -> list[list[Line]]:
    """As many lines a page as fit."""
    pages: list[list[Line]] = [[]]
    y = TOP
    for line in lines:
        if y - line[2] - LEAD < BOTTOM:
            pages.append([])
            y = TOP
        pages[-1].append(line)
        y -= line[2] + LEAD
    return pages


def draw_page(canvas: Canvas, lines: list[Line], foot: str) -> None:
    """One page and the line at its foot."""
    paper, y = canvas.beginText(), TOP
    for words, font, above in lines:
        y -= above + LEAD
        pdf.put_text(paper, (LEFT, y), words, font, SIZE)
    pdf.put_text(paper, (LEFT, BOTTOM - 24), foot, PLAIN, 8)
    canvas.drawText(paper)
    canvas.showPage()
