"""How the local Stripe says no, and how it pages."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode


class NoError(Exception):
    """A request that is refused: status, type, code and words. `is_kept`: it had begun to run, so
    its answer is kept under its key."""

    def __init__(
        self,
        status: int,
        code: str,
        words: str,
        *,
        kind: str = "invalid_request_error",
        param: str = "",
        is_kept: bool = False,
    ) -> None:
        super().__init__(words)
        self.status, self.is_kept = status, is_kept
        error = {"type": kind, "code": code, "message": words}
        self.body = {"error": error | ({"param": param} if param else {})}


def missing(kind: str, name: str, param: str = "id") -> NoError:
    """There is nothing of that name."""
    status = 404 if param == "id" else 400
    return NoError(status, "resource_missing", f"No such {kind}: '{name}'", param=param)


def page_v1(rows: list[dict], query: dict[str, Any], url: str) -> dict[str, Any]:
    """Newest first, `limit` at a time, after or before one that is named."""
    rows = [row for row in rows if is_in(row.get("created", 0), query.get("created"))]
    rows = list(reversed(rows))
    ids = [row["id"] for row in rows]
    limit = int(query.get("limit", 10))
    if not 1 <= limit <= 100:
        raise NoError(400, "parameter_invalid_integer", "limit is from 1 to 100", param="limit")
    if after := query.get("starting_after"):
        rows = rows[ids.index(after) + 1 :] if after in ids else []
    if before := query.get("ending_before"):
        rows = rows[: ids.index(before)][-limit:] if before in ids else []
    return {
        "object": "list",
        "data": rows[:limit],
        "has_more": len(rows) > limit,
        "url": url,
    }


def is_in(moment: Any, wanted: Any) -> bool:
    """Whether a moment lies in a range of a query."""
    if wanted is None:
        return True
    if not isinstance(wanted, dict):
        return moment == wanted
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    return all(tests[name](moment, limit) for name, limit in wanted.items())


def page_v2(rows: Iterable[dict], query: dict[str, Any], url: str) -> dict[str, Any]:
    """Newest first; the next page is an address."""
    rows = list(rows)
    start, limit = int(query.get("page", 0)), int(query.get("limit", 20))
    more = start + limit < len(rows)
    place = urlencode({"limit": limit, "page": start + limit})
    return {
        "data": rows[start : start + limit],
        "next_page_url": f"{url}?{place}" if more else None,
        "previous_page_url": None,
    }
