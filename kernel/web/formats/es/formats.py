"""How Spanish in the United States writes numbers and moments: the country's figures and clock, the
language's order of words. Django's own file for Spanish follows Spain."""

DATE_FORMAT = r"j \d\e F \d\e Y"
TIME_FORMAT = "g:i a"
DATETIME_FORMAT = r"j \d\e F \d\e Y, g:i a"
YEAR_MONTH_FORMAT = r"F \d\e Y"
MONTH_DAY_FORMAT = r"j \d\e F"
SHORT_DATE_FORMAT = "m/d/Y"
SHORT_DATETIME_FORMAT = "m/d/Y g:i a"
FIRST_DAY_OF_WEEK = 0

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"]
TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M"]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3

# What pages and code ask for in English order, and the same in Spanish; the longer one first.
ORDERS = (
    ("F j, Y", r"j \d\e F \d\e Y"),
    ("F j", r"j \d\e F"),
    ("M j, Y", "j b Y"),
    ("M j", "j b"),
)


def __getattr__(name: str) -> str:
    """The Spanish order of a format such as “D M j”: Django looks a format up by its letters, as if
    they were a name in this module."""
    for english, spanish in ORDERS:
        if english in name:
            return name.replace(english, spanish)
    raise AttributeError(name)
