"""What every command of the house does the same way: JSON, progress, exit status."""

import datetime as dt
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from kernel.refusals import Refusal

DONE, NOTHING_DONE, DONE_IN_PART = 0, 1, 2


class HouseCommand(BaseCommand):
    """A command whose `run` returns the answer that callers in other programs read.

    With `--json` the answer is the only thing on standard output; otherwise `describe` words it.
    Exit status: 0 done; 2 done in part (`is_partial`); 1 nothing done, one line on standard error.
    """

    requires_migrations_checks = False
    taken: tuple[str, ...] = ()  # the counts in the answer that tell what was of use

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser whose complaints are one line and exit 1: nothing was done."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if parser.called_from_command_line:
            parser.error = complain  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Declare this command's own arguments."""

    def run(self, **options: Any) -> dict[str, Any]:
        """Call one action and return its answer."""
        raise CommandError("this command has nothing to run")

    def describe(self, answer: dict[str, Any]) -> str:
        """The answer in words, for a person."""
        return "\n".join(f"{name}: {value}" for name, value in answer.items())

    def is_partial(self, answer: dict[str, Any]) -> bool:
        """Whether some of what was asked was refused."""
        return bool(answer.get("rejected") or answer.get("refused"))

    def status(self, answer: dict[str, Any]) -> int:
        """How the command ends: done, done in part, or nothing done when all was refused."""
        if not self.is_partial(answer):
            return DONE
        if self.taken and not any(answer[name] for name in self.taken):
            self.stderr.write("nothing could be taken: every line was refused")
            return NOTHING_DONE
        return DONE_IN_PART

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print, exit. A refusal, a missing file or a bad value is one line."""
        try:
            answer = self.run(**options)
        except (Refusal, OSError, UnicodeDecodeError, ValueError) as no:
            raise CommandError(one_line(no), returncode=NOTHING_DONE) from no
        except DatabaseError as no:
            words = "the database could not do it: " + one_line(no)
            raise CommandError(words, returncode=NOTHING_DONE) from no
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, default=str))
        else:
            self.stdout.write(self.describe(answer))
        if status := self.status(answer):
            self.stdout.flush()
            sys.exit(status)


class StepParser(CommandParser):
    """The parser of one step of a command, such as `pay_run show`: it complains as its command."""

    def error(self, message: str) -> NoReturn:
        """One line and exit 1 from a terminal; an exception for code that calls the command."""
        if self.called_from_command_line:
            complain(message)
        raise CommandError(f"Error: {message}")


def complain(message: str) -> NoReturn:
    """Say what is wrong with the arguments in one line and leave."""
    sys.stderr.write(f"{message}\n")
    sys.exit(NOTHING_DONE)


def day(text: str) -> dt.date:
    """A day typed as YYYY-MM-DD; argparse words the complaint."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a date has no zone
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day; write it like 2026-11-20") from None


def one_line(problem: BaseException) -> str:
    """An exception in one line a person can act on."""
    if isinstance(problem, FileNotFoundError):
        return f"there is no file {problem.filename}"
    if isinstance(problem, IsADirectoryError):
        return f"{problem.filename} is a folder, not a file"
    if isinstance(problem, PermissionError):
        return f"{problem.filename} is not ours to open"
    if isinstance(problem, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    return " ".join(str(problem).split())


def progress(label: str) -> Callable[[int, int], None]:
    """A reporter `(done, total)` that draws a bar on standard error when that is a terminal."""
    if not sys.stderr.isatty():
        return lambda done, total: None

    def draw(done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        end = "\n" if done >= total else ""
        bar = "█" * filled + "·" * (30 - filled)
        sys.stderr.write(f"\r{label} {bar} {done:,} of {total:,}{end}")
        sys.stderr.flush()

    return draw


def steps(label: str) -> Callable[[str], None]:
    """A reporter `(step)` that names what is being done, where a bar would stand still."""
    if not sys.stderr.isatty():
        return lambda step: None

    def say(step: str) -> None:
        sys.stderr.write(f"{label} {step} …\n")
        sys.stderr.flush()

    return say
