"""Jobs of the statements and of the books as a whole."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens here in the background."""

    ISSUE = "statements.issue"
    CHECK_BOOKS = "statements.check_books"
    CHECK_RUNS = "statements.check_runs"
