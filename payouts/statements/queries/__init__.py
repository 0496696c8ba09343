"""What statements say, what a shop earned, where every cent came from, whether all of it agrees."""

from payouts.statements.queries.biography import day_lines, waiting_lines
from payouts.statements.queries.books import (
    check_of_books,
    has_unchecked_run,
    last_check,
    last_checks,
)
from payouts.statements.queries.deposits import (
    arrival_of,
    back_of,
    deposit_of,
    last_returns,
    package_money,
    upcoming_of,
    week_ahead,
    with_photos,
)
from payouts.statements.queries.earnings import earned_days, next_payout, payouts_of
from payouts.statements.queries.hours import hourly_of, own_costs_of
from payouts.statements.queries.papers import (
    Paper,
    get_statement,
    has_unissued,
    last_closings,
    paper_of,
    settled_without_statement,
    statements_of,
    statements_of_run,
)
from payouts.statements.queries.replay import Replay, replay_newest, replay_statement
from payouts.statements.queries.taxes import (
    readiness,
    threshold_of,
    thresholds,
    year_of_shop,
    years_of_shop,
)

__all__ = [
    "back_of",
    "last_returns",
    "readiness",
    "threshold_of",
    "thresholds",
    "year_of_shop",
    "years_of_shop",
    "Replay",
    "replay_newest",
    "replay_statement",
    "arrival_of",
    "deposit_of",
    "hourly_of",
    "own_costs_of",
    "package_money",
    "upcoming_of",
    "week_ahead",
    "with_photos",
    "Paper",
    "check_of_books",
    "day_lines",
    "earned_days",
    "get_statement",
    "has_unchecked_run",
    "has_unissued",
    "last_check",
    "last_checks",
    "last_closings",
    "next_payout",
    "paper_of",
    "payouts_of",
    "settled_without_statement",
    "statements_of",
    "statements_of_run",
    "waiting_lines",
]
