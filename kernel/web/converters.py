"""Parts of addresses that every room may use: `<day:day>` is a date such as 2026-11-20."""

import datetime as dt


class DayConverter:
    """A local day. An impossible one, such as 2026-02-30, is no such page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        return str(value)
