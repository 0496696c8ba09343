"""A final statement in words and as paper."""

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from kernel import pdf
from kernel.money import as_dollars
from kernel.pdf import BOLD, PLAIN
from kernel.pdf_tables import GREEN, LEFT, RIGHT, SIZE, TOP, Sheet
from payouts.closings.models import Closing


def outcome_of(closing: Closing) -> str:
    """What is carried and what that means for the shop, in sentences."""
    said = []
    if closing.balance_cents < 0:
        words = _(
            "You were paid {amount} more than you earned, because something was corrected after it"
            " was paid. We don't take it from your bank. A person here looks at it and writes to"
            " you; you need not do anything now."
        )
        said.append(words.format(amount=as_dollars(closing.too_much_cents)))
    if closing.deductions_cents:
        words = _("Of earlier deductions {amount} was not taken. We don't take it from your bank.")
        said.append(words.format(amount=as_dollars(closing.deductions_cents)))
    return " ".join(said) or _("Everything is paid. Nothing is left open.")


def sums_in_words(closing: Closing) -> list[tuple[str, str]]:
    """The lines of the statement: what it is, and how much."""
    return [
        (_("Packages delivered"), str(closing.packages)),
        (_("Earned in all"), as_dollars(closing.earned_cents)),
        (_("Paid to you"), as_dollars(closing.paid_cents)),
        (_("Left"), as_dollars(closing.balance_cents)),
    ]


def closing_pdf(closing: Closing) -> bytes:
    """The final statement on one page, the same bytes every time (per language)."""
    shop = closing.shop
    title = f"{shop.slug}-final"
    canvas, out = pdf.new_canvas(title=title, author=settings.SITE_NAME)
    sheet = Sheet(canvas)
    canvas.setFillColorRGB(*GREEN)
    canvas.rect(LEFT, TOP - 3, 26, 4, stroke=0, fill=1)
    sheet.text.setFillColorRGB(*GREEN)
    sheet.say(LEFT, TOP - 22, settings.SITE_NAME, BOLD, 11)
    sheet.text.setFillGray(0)
    sheet.say(LEFT, TOP - 52, _("Final statement"), BOLD, 24)
    day = formats.date_format(closing.closed_on, "l, F j, Y")
    sheet.say(LEFT, TOP - 70, _("Closed on %(day)s.") % {"day": day}, PLAIN, 12)
    sheet.say(LEFT, TOP - 102, shop.name, BOLD, pdf.fit(shop.name, BOLD, 12, 400, least=7))
    address = f"{shop.address1}, {shop.city}, {shop.state} {shop.postal_code}"
    sheet.say(LEFT, TOP - 117, address)
    sheet.rule(TOP - 134, width=1, gray=0)
    y = TOP - 152
    for term, words in sums_in_words(closing):
        sheet.say(LEFT, y, term, PLAIN, 12)
        sheet.say(-RIGHT, y, words.replace("−", "–"), BOLD, 12)
        sheet.rule(y - 8)
        y -= 22
    for place, words in enumerate(pdf.wrap(outcome_of(closing), PLAIN, SIZE, RIGHT - LEFT)):
        sheet.say(LEFT, y - 6 - place * 12, words.replace("−", "–"))
    canvas.drawText(sheet.text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
