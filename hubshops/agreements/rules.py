"""A text that is agreed to: its hash, its paragraphs, how two versions differ, which one holds.
Pure."""

import datetime as dt
import difflib
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

NOTICE = dt.timedelta(days=14)  # from the day a version is shown until it takes effect, at least
HEADING = re.compile(r"\d+\. [^.]+")
BREAK = re.compile(r"\n\s*\n")


def hash_of(text: str) -> str:
    """SHA-256 over a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, no white space around."""
    return text.replace("\r\n", "\n").strip() + "\n"


def paragraphs_of(text: str) -> list[str]:
    """A text's paragraphs in order, each as one line."""
    return [" ".join(part.split()) for part in BREAK.split(text) if part.strip()]


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph as a page shows it."""

    words: str
    is_heading: bool


def parts_of(text: str) -> list[Part]:
    """A text's paragraphs, headings (“3. How you are paid”) known."""
    return [Part(words, bool(HEADING.fullmatch(words))) for words in paragraphs_of(text)]


class Change(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Difference:
    """One paragraph of two versions side by side."""

    change: Change
    words: str


def differences(before: str, after: str) -> list[Difference]:
    """Every paragraph of both texts in order: the same, gone or new."""
    old, new = paragraphs_of(before), paragraphs_of(after)
    found: list[Difference] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _tag, first, last, new_first, new_last in matcher.get_opcodes():
        if old[first:last] == new[new_first:new_last]:
            found += [Difference(Change.SAME, words) for words in old[first:last]]
            continue
        found += [Difference(Change.GONE, words) for words in old[first:last]]
        found += [Difference(Change.NEW, words) for words in new[new_first:new_last]]
    return found


@dataclass(frozen=True, slots=True)
class Dated:
    """A version by its number and the day on which it takes effect."""

    number: int
    effective_on: dt.date


def asked_for(versions: Sequence[Dated], signed: Collection[int], day: dt.date) -> int | None:
    """The version that a shop should read and answer now: the newest in effect, unless it signed
    that one or a later one; else the newest to come; None when it has answered all."""
    last_signed = max(signed, default=0)
    in_effect = [one for one in versions if one.effective_on <= day]
    coming = [one for one in versions if one.effective_on > day]
    for some in (in_effect, coming):
        newest = max(some, key=lambda one: one.number, default=None)
        if newest and newest.number > last_signed:
            return newest.number
    return None


def holding(versions: Sequence[Dated], signed: Collection[int], day: dt.date) -> int | None:
    """The version by which a shop and we are bound on a day: the newest that it signed and that is
    in effect. What it did not sign never binds it. A shop whose only version is still to come is
    bound by nothing yet."""
    bound = [one.number for one in versions if one.number in signed and one.effective_on <= day]
    return max(bound, default=None)
