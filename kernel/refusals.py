"""A no, worded for the person who asked."""

from django.utils.functional import Promise


class Refusal(Exception):
    """What an action raises instead of doing half of something.

    A subclass stands just above the function that raises it and sets `code` (for machines) and
    `message` (one translatable sentence that says what is wrong and what to do). Nothing is written
    when a refusal leaves an action: the action's transaction rolls back.
    """

    code = "refused"
    message: str | Promise = ""

    def __init__(self, message: object = "", **details: object) -> None:
        self.details = details
        words = str(message or self.message)
        self.sentence = words.format(**details) if details and not message else words
        super().__init__(self.sentence)
