"""Tags behind `templates/components/`: icons, places in a menu, charts, addresses to ring."""

import functools
import re
from collections.abc import Callable

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from lucide.templatetags.lucide import lucide

from kernel.qr import qr_svg
from kernel.web import rules

register = template.Library()


@functools.lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> str:
    return lucide(name, size=size, aria_hidden="true", focusable="false")


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A Lucide icon as inline SVG, hidden from screen readers: the word beside it speaks."""
    return mark_safe(_drawn(str(name), int(size)))  # noqa: S308 the package's own drawing


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code, black on white in every colour scheme; `label` says what it is for."""
    words = format_html(' class="qr" role="img" aria-label="{}"', label)
    return mark_safe(qr_svg(text, words))  # noqa: S308 our own drawing, the label escaped above


@functools.lru_cache(maxsize=256)
def _address(url_name: str, urlconf: str, prefix: str) -> str:
    """A page's address, empty when there is no such page; the same for every request."""
    try:
        return reverse(url_name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


@functools.lru_cache(maxsize=256)
def _door(url: str, urlconf: str) -> Callable[[HttpRequest], bool] | None:
    """The question that a page's guard asks about a person, when the page has such a guard."""
    return getattr(resolve(url, urlconf=urlconf).func, "lets_in", None)


@register.simple_tag
def language_choices() -> list[tuple[str, str]]:
    """(code, name in its own script) of every language the portal speaks."""
    return _languages(tuple(code for code, _ in settings.LANGUAGES))


@functools.lru_cache(maxsize=4)
def _languages(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, capfirst(get_language_info(code)["name_local"])) for code in codes]


@register.simple_tag(takes_context=True)
def nav_link(
    context: template.Context, url_name: str, icon_name: str, label: str, root: bool = False
) -> str:
    """A place in a menu, marked when it is where we are; nothing while no such page exists or its
    guard would not let this person in.

    `root=True` is for pages whose address begins every other's (`/shop/`): only itself marks it.
    Drawn here and not in a template: every page has a dozen of them, twice.
    """
    url = _address(url_name, get_urlconf(settings.ROOT_URLCONF), get_script_prefix())
    if not url:
        return ""
    request: HttpRequest | None = context.get("request")
    lets_in = _door(url, get_urlconf(settings.ROOT_URLCONF))
    if lets_in and not (request and lets_in(request)):
        return ""
    path = request.path if request else ""
    here = "page" if path == url else "true" if path.startswith(url) and not root else ""
    mark = format_html(' aria-current="{}"', here) if here else ""
    return format_html(
        '<li><a href="{}"{}>{}<span>{}</span></a></li>', url, mark, icon(icon_name, 22), label
    )


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    title: str, data: list[tuple[str, int, str]], label: str, value: str, has_table: bool = True
) -> dict:
    """One question answered in bars, with the same figures in a table beside it.

    `data` holds (label, value, text) rows; `label` and `value` head the table's columns. A page
    that shows the figures in a table of its own says `has_table=False`.
    """
    chart = rules.bars([(row[0], row[1]) for row in data])
    return {
        "title": title,
        "chart": chart,
        "rows": [
            {"label": row[0], "text": row[2], "bar": bar}
            for row, bar in zip(data, chart.bars, strict=True)
        ],
        "label_heading": label,
        "value_heading": value,
        "has_table": has_table,
    }


@register.inclusion_tag("components/span_chart.html")
def span_chart(title: str, data: list[tuple[str, tuple[int, int, int], str]]) -> dict:
    """Low, middle and high of each label, drawn as spans with a mark in the middle.

    `data` holds (label, (low, middle, high), text) rows; the page shows the same figures in a table
    of its own.
    """
    chart = rules.spans([row[1] for row in data])
    return {
        "title": title,
        "chart": chart,
        "rows": [
            {"label": row[0], "text": row[2], "span": span}
            for row, span in zip(data, chart.spans, strict=True)
        ],
    }


@register.filter
def tel(phone: object) -> str:
    """“(555) 010-0100” → `tel:+15550100100`, for links that ring."""
    digits = re.sub(r"\D", "", str(phone))
    return f"tel:+1{digits}" if len(digits) == 10 else f"tel:+{digits}"


@register.filter
def beside(cells: list[object], columns: list[tuple[str, str]]) -> list[tuple[object, object]]:
    """Pair a row's cells with the table's columns."""
    return list(zip(cells, columns, strict=False))
