"""Cents as people read them. Amounts are integers everywhere; nothing here rounds."""

from decimal import Decimal


def as_dollars(cents: int) -> str:
    """`123450` → `$1,234.50`, `-5` → `−$0.05` (a real minus sign, so that it never wraps)."""
    sign = "−" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def as_decimal(cents: int) -> Decimal:
    """`123450` → `Decimal("1234.50")`, for files that other programs read."""
    return Decimal(cents).scaleb(-2)
