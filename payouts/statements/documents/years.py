"""A shop's year as paper and as a table, and all shops' years for whoever files forms."""

import csv
import io
from collections.abc import Sequence

from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from hubshops.shops.models import Shop
from kernel import pdf
from kernel.money import as_decimal
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
)
from kernel.sheets import safe_cell
from payouts.statements.queries.taxes import Readiness
from payouts.statements.rules.taxes import Year

COLUMNS = ["year", "month", "payments", "sent", "came_back", "paid"]


def year_csv(year: Year) -> bytes:
    """A row a month and the sum, in dollars."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for month in year.months:
        sums = month.sent_cents, month.back_cents, month.cents
        writer.writerow([year.year, month.month, month.payments, *map(as_decimal, sums)])
    sums = year.sent_cents, year.back_cents, year.cents
    writer.writerow([year.year, "total", year.payments, *map(as_decimal, sums)])
    return text.getvalue().encode()


FILING = [
    "year",
    "shop",
    "name",
    "address",
    "city",
    "state",
    "postal_code",
    "payments",
    "sent",
    "came_back",
    "paid",
    "reaches_threshold",
    "w9",
]


def filing_csv(people: Sequence[Readiness]) -> bytes:
    """A row a shop that was paid in a year, for whoever files the forms. No cell starts a
    formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(FILING)
    for one in people:
        shop, year = one.shop, one.year
        place = [shop.name, shop.address1, shop.city, shop.state, shop.postal_code]
        sums = [as_decimal(c) for c in (year.sent_cents, year.back_cents, year.cents)]
        reaches = "yes" if one.is_over else "no"
        cells = [year.year, shop.slug, *map(safe_cell, place), year.payments, *sums]
        writer.writerow([*cells, reaches, one.w9.value])
    return text.getvalue().encode()


def year_pdf(shop: Shop, year: Year, *, is_over: bool) -> bytes:
    """A shop's year on one page, the same bytes every time (per language)."""
    title = f"{shop.slug}-{year.year}"
    canvas, out = pdf.new_canvas(title=title, author=settings.SITE_NAME)
    sheet = Sheet(canvas)
    y = draw_year_front(sheet, shop, year, is_over=is_over)
    draw_rows(sheet, month_rows(year), y, is_first=True)
    for place, words in enumerate(pdf.wrap(caveat(), PLAIN, SMALL, RIGHT - LEFT)):
        sheet.say(LEFT, BOTTOM + 24 - place * 11, words, PLAIN, SMALL)
    canvas.drawText(sheet.text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_year_front(sheet: Sheet, shop: Shop, year: Year, *, is_over: bool) -> float:
    """Whose year, and what it came to; where the months begin."""
    sheet.canvas.setFillColorRGB(*GREEN)
    sheet.canvas.rect(LEFT, TOP - 3, 26, 4, stroke=0, fill=1)
    sheet.text.setFillColorRGB(*GREEN)
    sheet.say(LEFT, TOP - 22, settings.SITE_NAME, BOLD, 11)
    sheet.text.setFillGray(0)
    sheet.say(LEFT, TOP - 52, _("Paid in %(year)s") % {"year": year.year}, BOLD, 24)
    said = _("Final") if is_over else _("The year is not over: these sums still change")
    sheet.say(LEFT, TOP - 70, said, PLAIN, 12)
    sheet.say(LEFT, TOP - 102, shop.name, BOLD, pdf.fit(shop.name, BOLD, 12, 400, least=7))
    address = f"{shop.address1}, {shop.city}, {shop.state} {shop.postal_code}"
    sheet.say(LEFT, TOP - 117, address)
    sheet.rule(TOP - 134, width=1, gray=0)
    sheet.say(LEFT, TOP - 152, _("Paid to you"), BOLD, 12)
    sheet.say(-RIGHT, TOP - 152, money(year.cents), BOLD, 12)
    sheet.rule(TOP - 160, gray=0, width=0.5)
    words = _(
        "What was sent to you less what came back, on the days on which it left and came back,"
        " not on the days you worked."
    )
    for place, part in enumerate(pdf.wrap(words, PLAIN, SIZE, RIGHT - LEFT)):
        sheet.say(LEFT, TOP - 178 - place * 12, part)
    return TOP - 200.0


def month_rows(year: Year) -> list[Row]:
    """The table of months with its total."""
    titles = [
        (LEFT, _("Month")),
        (-250.0, _("Payments")),
        (-340.0, _("Sent")),
        (-430.0, _("Came back")),
        (-RIGHT, _("Paid")),
    ]
    rows = heading(_("By month"), titles)
    for month in year.months:
        back = money(month.back_cents) if month.back_cents else ""
        words = [str(MONTHS[month.month]), str(month.payments), money(month.sent_cents), back]
        rows.append(line(beside(titles, [*words, money(month.cents)]), titles))
    total = [_("Total"), str(year.payments), money(year.sent_cents), money(year.back_cents)]
    rows.append(line(beside(titles, [*total, money(year.cents)]), titles, font=BOLD))
    return rows


def caveat() -> str:
    """What these sums are not."""
    return _(
        "This is a summary of payments, not a tax form and no advice. Which form is due, and for"
        " whom, a tax adviser confirms."
    )
