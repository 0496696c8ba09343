"""What applicants and reviewers type."""

from hubshops.applications.forms.applying import (
    ApplicationForm,
)
from hubshops.applications.forms.reviewing import (
    DECLINE_REASONS,
    LARGEST_RADIUS_MILES,
    AnswerForm,
    ApproveForm,
    AskForm,
    DeclineForm,
    SeenForm,
)

__all__ = [
    "AnswerForm",
    "ApplicationForm",
    "ApproveForm",
    "AskForm",
    "DECLINE_REASONS",
    "DeclineForm",
    "LARGEST_RADIUS_MILES",
    "SeenForm",
]
