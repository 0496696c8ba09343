"""A shop's money: what it earned, what is owed, what was paid, and the paper for it."""

from payouts.statements.views.deposits import deposit, package
from payouts.statements.views.earnings import costs, day, earnings
from payouts.statements.views.papers import check, statement_file, statement_list
from payouts.statements.views.years import year, year_file

__all__ = [
    "year",
    "year_file",
    "check",
    "costs",
    "day",
    "deposit",
    "earnings",
    "package",
    "statement_file",
    "statement_list",
]
