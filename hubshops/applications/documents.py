"""An application as paper: what its sender keeps."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.pdfgen.canvas import Canvas

from hubshops.applications import queries
from hubshops.applications.models import Application
from kernel import clock, pdf
from kernel.pdf import BOLD, PLAIN

LEFT, RIGHT = 54.0, pdf.LETTER[0] - 54.0
TOP, BOTTOM = pdf.LETTER[1] - 50.0, 62.0
WORDS = LEFT + 190.0  # where answers begin
SIZE, LINE = 10.5, 14.0

Say = Callable[..., None]


def record_pdf(application: Application) -> bytes:
    """Everything that an applicant told us, in the language that is active, with reference and
    day. Phone and e-mail are masked: paper lies about."""
    canvas, out = pdf.new_canvas(title=reference_of(application), author=settings.SITE_NAME)
    y = draw_title(canvas, application)
    for title, answers in queries.answers_of(application):
        rows = [(one.term, shown(one)) for one in answers]
        y = draw_section(canvas, title, rows, y)
    said = [(_("You said yes to"), "\n".join(fit_words()))] if application.started_at else []
    draw_section(canvas, _("What you confirmed"), [*said, (_("You declared"), declared())], y)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def reference_of(application: Application) -> str:
    """The part of a reference that people read out on the phone."""
    return application.reference[:8].upper()


def shown(answer: queries.Answer) -> str:
    """An answer for paper."""
    if answer.page == "contact" and any(letter.isdecimal() for letter in answer.words):
        return f"••• {answer.words[-4:]}"
    if answer.page == "email":
        name, _at, domain = answer.words.partition("@")
        return f"{name[:1]}•••@{domain}"
    if answer.page == "people":
        return "\n".join(line.partition(" · ")[0] for line in answer.words.splitlines())
    return answer.words or _("Not given")


def fit_words() -> list[str]:
    """What everybody confirms before an application begins."""
    return [
        _("a dry place where packages are received"),
        _("somebody who delivers on most days"),
        _("a smartphone and a way to the doors of your own"),
        _("everybody who delivers is 18 or older"),
    ]


def declared() -> str:
    """What sending an application declares; the same words as above the button."""
    return _(
        "That what you wrote is true as far as you know, and that we may check it and write to you "
        "about it. We use it for nothing else."
    )


def draw_title(canvas: Canvas, application: Application) -> float:
    """Who, what, when; where the answers begin."""
    sent_on: dt.date = clock.local_day(application.submitted_at, queries.zone_of(application))
    paper = canvas.beginText()
    pdf.put_text(paper, (LEFT, TOP - 22), settings.SITE_NAME, BOLD, 11)
    pdf.put_right(paper, (RIGHT, TOP - 22), reference_of(application), BOLD, 11)
    pdf.put_text(paper, (LEFT, TOP - 54), _("Your application"), BOLD, 24)
    size = pdf.fit(application.name, BOLD, 12, RIGHT - LEFT, least=7)
    pdf.put_text(paper, (LEFT, TOP - 76), application.name, BOLD, size)
    words = _("Sent on %(day)s") % {"day": date_format(sent_on, "DATE_FORMAT")}
    pdf.put_text(paper, (LEFT, TOP - 92), words, PLAIN, SIZE)
    canvas.drawText(paper)
    return TOP - 112


def draw_section(canvas: Canvas, title: str, rows: list[tuple[str, str]], y: float) -> float:
    """One section from `y` down, on a new page when it does not fit; where the next begins."""
    folded = [(fold(term, WORDS - LEFT - 12), fold(words, RIGHT - WORDS)) for term, words in rows]
    needed = 34 + sum(max(len(term), len(words)) * LINE + 6 for term, words in folded)
    if y - needed < BOTTOM and y < TOP - 112:
        canvas.showPage()
        y = TOP
    paper = canvas.beginText()
    pdf.put_text(paper, (LEFT, y - 22), title, BOLD, 12.5)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT, y - 28, RIGHT, y - 28)
    y -= 34
    for term, words in folded:
        for place, line in enumerate(term):
            pdf.put_text(paper, (LEFT, y - 12 - place * LINE), line, PLAIN, SIZE)
        for place, line in enumerate(words):
            pdf.put_text(paper, (WORDS, y - 12 - place * LINE), line, BOLD, SIZE)
        y -= max(len(term), len(words)) * LINE + 6
    canvas.drawText(paper)
    return y - 8


def fold(words: str, width: float) -> list[str]:
    """Words as lines that fit, their own lines kept."""
    return [
        line
        for one in words.splitlines() or [""]
        for line in pdf.wrap(one, PLAIN, SIZE * 1.08, width) or [""]
    ]
