"""What the forms of applicants and of reviewers share."""

from kernel.web.fields import POSTAL_STATES, WEEKDAYS, WeekdaysField, place_error

__all__ = ["POSTAL_STATES", "WEEKDAYS", "WeekdaysField", "place_error"]
