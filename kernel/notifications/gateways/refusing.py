"""A gateway's no."""


class NotTaken(Exception):
    """A text was not taken. `is_final`: asking again would get the same answer."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        self.reason, self.is_final = reason, is_final
        super().__init__(reason)
