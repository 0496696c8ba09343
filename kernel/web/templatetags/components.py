"""Tags behind `templates/components/`: icons, places in a menu, charts, addresses to ring."""

import functools
import re

from django import template
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from kernel.web import rules

register = template.Library()


@functools.lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> str:
    return lucide(name, size=size, aria_hidden="true", focusable="false")


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A Lucide icon as inline SVG, hidden from screen readers: the word beside it speaks."""
    return mark_safe(_drawn(str(name), int(size)))  # noqa: S308 the package's own drawing


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(
    context: template.Context, url_name: str, icon_name: str, label: str, root: bool = False
) -> dict[str, object]:
    """A place in a menu, marked when it is where we are; nothing while no such page exists.

    `root=True` is for pages whose address begins every other's (`/shop/`): only itself marks it.
    """
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return {}
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    here = "page" if path == url else "true" if path.startswith(url) and not root else ""
    return {"url": url, "icon_name": icon_name, "label": label, "here": here}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(title: str, data: list[tuple[str, int, str]], label: str, value: str) -> dict:
    """One question answered in bars, with the same figures in a table beside it.

    `data` holds (label, value, text) rows; `label` and `value` head the table's columns.
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
