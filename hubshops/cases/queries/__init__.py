"""Cases as people read them, and the facts that need one."""

from hubshops.cases.queries.finding import (
    FINDERS,
    Finder,
    Found,
    due_at,
    facts_without_case,
    found_proofs,
)
from hubshops.cases.queries.reading import (
    KIND_ICONS,
    case_for_staff,
    case_of,
    cases_for_staff,
    cases_of,
    counts_by,
    standing_cases,
    standing_of,
    story_of,
    waiting_for_shop,
)

__all__ = [
    "FINDERS",
    "KIND_ICONS",
    "Finder",
    "Found",
    "case_for_staff",
    "case_of",
    "cases_for_staff",
    "cases_of",
    "counts_by",
    "due_at",
    "facts_without_case",
    "found_proofs",
    "standing_cases",
    "standing_of",
    "story_of",
    "waiting_for_shop",
]
