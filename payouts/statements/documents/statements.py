"""A statement as paper: who and when, the sums, why it differs from a month's deposits, then every
day, every package with its rate, and every other correction."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import pdf
from kernel.pdf import BOLD, PLAIN
from kernel.pdf_tables import (
    BOTTOM,
    GREEN,
    LEFT,
    RIGHT,
    SIZE,
    SMALL,
    TOP,
    Row,
    Sheet,
    beside,
    draw_rows,
    heading,
    line,
    money,
    paginate,
)
from payouts.statements.documents.words import what_happened, why_it_differs
from payouts.statements.queries import Paper

FRONT = TOP - 312.0  # where the rows begin on the first page, below the sentence
LEAD = 12.0


def statement_pdf(paper: Paper) -> bytes:
    """The statement as PDF in the language that is active: who, when, the sums, then every day,
    then every package with its rate. Some milliseconds a page."""
    number = paper.statement.number
    canvas, out = pdf.new_canvas(title=number, author=settings.SITE_NAME)
    words = why_it_differs(paper.statement, paper.sent_at).replace("−", "–")
    why = pdf.wrap(words, PLAIN, SIZE, RIGHT - LEFT)
    flow = [
        *kind_rows(paper),
        *day_rows(paper),
        *other_rows(paper),
        *package_rows(paper),
    ]
    pages = paginate(flow, first=FRONT - LEAD * len(why))
    for place, rows in enumerate(pages, 1):
        sheet = Sheet(canvas)
        y = draw_front(sheet, paper, why) if place == 1 else draw_top(sheet, paper)
        draw_rows(sheet, rows, y, is_first=place == 1)
        draw_foot(sheet, number, place, len(pages))
        canvas.drawText(sheet.text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_front(sheet: Sheet, paper: Paper, why: list[str]) -> float:
    """The upper part of the first page; where the rows begin."""
    statement = paper.statement
    sheet.canvas.setFillColorRGB(*GREEN)
    sheet.canvas.rect(LEFT, TOP - 3, 26, 4, stroke=0, fill=1)
    sheet.text.setFillColorRGB(*GREEN)
    sheet.say(LEFT, TOP - 22, settings.SITE_NAME, BOLD, 11)
    sheet.text.setFillGray(0)
    sheet.say(-RIGHT, TOP - 22, statement.number, BOLD, 11)
    sheet.say(LEFT, TOP - 52, _("Statement"), BOLD, 24)
    sheet.say(LEFT, TOP - 70, period(paper), PLAIN, 12)
    size = pdf.fit(statement.shop_name, BOLD, 12, 250, least=7)
    sheet.say(LEFT, TOP - 102, statement.shop_name, BOLD, size)
    for place, words in enumerate(pdf.wrap(statement.shop_address, PLAIN, SIZE, 230)[:3]):
        sheet.say(LEFT, TOP - 117 - place * 12, words)
    for place, (term, words) in enumerate(facts(paper)):
        sheet.text.setFillGray(0.35)
        sheet.say(324, TOP - 102 - place * 14, term)
        sheet.text.setFillGray(0)
        sheet.say(-RIGHT, TOP - 102 - place * 14, words)
    draw_sums(sheet, paper, TOP - 186)
    for place, words in enumerate(why):
        sheet.say(LEFT, FRONT - 6 - place * LEAD, words)
    return FRONT - LEAD * len(why)


def period(paper: Paper) -> str:
    """“November 16, 2026 – November 20, 2026”, or the one day."""
    first, last = paper.statement.first_day, paper.statement.last_day
    words = date_format(first, "F j, Y")
    return words if first == last else f"{words} – {date_format(last, 'F j, Y')}"


def facts(paper: Paper) -> list[tuple[str, str]]:
    """What identifies the payment."""
    zone = ZoneInfo(paper.statement.zone)
    return [
        (_("Sent to the bank"), date_format(paper.sent_at.astimezone(zone), "M j, Y")),
        (_("Payment reference"), paper.reference),
        (_("Pay run"), str(paper.run_id)),
        (_("Issued"), date_format(paper.statement.issued_at.astimezone(zone), "M j, Y")),
        (_("Days and times in"), paper.statement.zone.replace("_", " ")),
    ]


def draw_sums(sheet: Sheet, paper: Paper, y: float) -> None:
    """Opening, earned, corrections, paid, closing: the lines that must add up."""
    statement = paper.statement
    packages = ngettext("%(count)s package", "%(count)s packages", statement.packages)
    lines = [
        (_("Left open before"), "", statement.opening_cents, PLAIN),
        (_("Earned"), packages % {"count": statement.packages}, statement.earned_cents, PLAIN),
        (_("Corrections"), "", statement.corrections_cents, PLAIN),
        (_("Paid to you"), "", statement.paid_cents, BOLD),
        (_("Left open now"), "", statement.closing_cents, PLAIN),
    ]
    sheet.rule(y, width=1, gray=0)
    for term, note, cents, font in lines:
        size = 12 if font == BOLD else 10.5
        sheet.say(LEFT, y - 16, term, font, size)
        sheet.text.setFillGray(0.35)
        sheet.say(LEFT + 190, y - 16, note)
        sheet.text.setFillGray(0)
        sheet.say(-RIGHT, y - 16, money(cents), font, size)
        y -= 23
        sheet.rule(y, gray=0.75 if term != lines[-1][0] else 0, width=0.5)


def draw_top(sheet: Sheet, paper: Paper) -> float:
    """One line that tells whose page this is when it lies alone; where the rows begin."""
    sheet.say(LEFT, TOP - 8, paper.statement.shop_name, BOLD)
    sheet.say(-RIGHT, TOP - 8, f"{paper.statement.number} · {period(paper)}", PLAIN, SMALL)
    sheet.rule(TOP - 16, gray=0)
    return TOP - 40.0


def draw_foot(sheet: Sheet, number: str, place: int, total: int) -> None:
    """That the paper is final, and the page's place."""
    words = _("This statement never changes. What is corrected later stands on the next one.")
    sheet.text.setFillGray(0.35)
    sheet.say(LEFT, BOTTOM - 26, words, PLAIN, SMALL)
    sheet.text.setFillGray(0)
    page = _("Page %(number)s of %(total)s") % {"number": place, "total": total}
    sheet.say(-RIGHT, BOTTOM - 26, page, PLAIN, SMALL)


def kind_rows(paper: Paper) -> list[Row]:
    """The table of what was earned and corrected, line by line of the card: how many, at which
    rate, and what that is."""
    titles = [
        (LEFT, _("What for")),
        (-340.0, _("Number")),
        (-430.0, _("Rate")),
        (-RIGHT, _("Amount")),
    ]
    rows = heading(_("What it is made of"), titles)
    for one in paper.by_line:
        rate = "" if one["rate_cents"] is None else money(one["rate_cents"])
        cells = [one["words"], str(one["number"]), rate, money(one["cents"])]
        rows.append(line(beside(titles, cells), titles))
    statement = paper.statement
    total = money(statement.earned_cents + statement.corrections_cents)
    rows.append(line(beside(titles, [_("Total"), "", "", total]), titles, font=BOLD))
    return rows


def day_rows(paper: Paper) -> list[Row]:
    """The table of days with its total."""
    titles = [
        (LEFT, _("Day")),
        (-250.0, _("Packages")),
        (-340.0, _("Earned")),
        (-430.0, _("Corrections")),
        (-RIGHT, _("Total")),
    ]
    rows = heading(_("By day"), titles)
    for day in paper.days:
        cells = [date_format(day["day"], "l, F j"), *sums_of(day)]
        rows.append(line(beside(titles, cells), titles))
    statement = paper.statement
    total = {
        "packages": statement.packages,
        "earned": statement.earned_cents,
        "corrections": statement.corrections_cents,
    }
    rows.append(line(beside(titles, [_("Total"), *sums_of(total)]), titles, font=BOLD))
    return rows


def sums_of(day: dict[str, Any]) -> list[str]:
    """The figures of a day or of all days."""
    total = day["earned"] + day["corrections"]
    corrections = money(day["corrections"]) if day["corrections"] else ""
    return [str(day["packages"]), money(day["earned"]), corrections, money(total)]


def package_rows(paper: Paper) -> list[Row]:
    """The table of packages: one line each, corrections with their reason."""
    if not paper.lines:
        return []
    titles = [
        (LEFT, _("Day")),
        (112.0, _("Delivered")),
        (172.0, _("Tracking id")),
        (320.0, _("What for")),
        (-480.0, _("Rate")),
        (-RIGHT, _("Amount")),
    ]
    zone = ZoneInfo(paper.statement.zone)
    rows = heading(_("Every package"), titles)
    day = None
    for one in paper.lines:
        cells = beside(titles, package_cells(one, zone))
        rows.append(line(cells, titles, is_same_day=one["booked_on"] == day))
        day = one["booked_on"]
    return rows


def package_cells(one: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """One fee or correction in words."""
    delivered = one["delivered_at"].astimezone(zone)
    clock = date_format(delivered, "g:i a").replace(".", "")
    tracking_id = one["tracking_id"]
    return [
        date_format(one["booked_on"], "D M j"),
        clock if one["is_earned"] else date_format(delivered, "M j"),
        tracking_id if len(tracking_id) <= 24 else f"{tracking_id[:23]}…",
        what_happened(one),
        money(one["rate_cents"]),
        money(one["amount_cents"]),
    ]


def other_rows(paper: Paper) -> list[Row]:
    """The table of what no package explains by itself, each with all its words; nothing when there
    is none."""
    if not paper.others:
        return []
    titles = [(LEFT, _("Day")), (132.0, _("What for")), (-RIGHT, _("Amount"))]
    rows = heading(_("Other corrections"), titles)
    for one in paper.others:
        what = f"{one['words']}: {one['memo']}" if one["memo"] else str(one["words"])
        first, *more = pdf.wrap(what, PLAIN, SIZE, 350)
        cells = [date_format(one["booked_on"], "D M j"), first, money(one["cents"])]
        rows.append(line(beside(titles, cells), titles, keeps_next=bool(more)))
        for place, words in enumerate(more, 1):
            rows.append(line([(132.0, words)], titles, keeps_next=place < len(more)))
    total = money(sum(one["cents"] for one in paper.others))
    rows.append(line(beside(titles, [_("Total"), "", total]), titles, font=BOLD))
    return rows
