"""Statements and yearly summaries as paper and as tables. The same facts give the same bytes, every
time."""

from payouts.statements.documents.statements import statement_pdf
from payouts.statements.documents.tables import statement_csv, statement_facts
from payouts.statements.documents.words import why_it_differs
from payouts.statements.documents.years import caveat, filing_csv, year_csv, year_pdf
from payouts.statements.queries import Paper

__all__ = [
    "caveat",
    "filing_csv",
    "statement_csv",
    "statement_facts",
    "statement_file",
    "statement_pdf",
    "why_it_differs",
    "year_csv",
    "year_pdf",
]


def statement_file(paper: Paper, kind: str) -> tuple[bytes, str, str]:
    """A statement as `pdf` or `csv`: its bytes, their content type, and the file's name."""
    name = f"{paper.statement.number}.{kind}"
    if kind == "pdf":
        return statement_pdf(paper), "application/pdf", name
    return statement_csv(paper), "text/csv; charset=utf-8", name
