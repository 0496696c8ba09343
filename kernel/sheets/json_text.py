"""Tables as JSON: a list of objects, or an object that holds one, read object by object."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from django.utils.translation import gettext as _

from kernel.sheets.parts import (
    ROW,
    Complaint,
    Row,
    Sheet,
    UnreadableSheet,
    check_header,
    our_names,
    plain,
    tidy,
)
from kernel.sheets.source import Source

LONGEST = 64 * 1024  # signs of one object; what is longer or deeper is no row
PIECE = 4 * LONGEST
SPACE = " \t\r\n"
MOST_NAMES = 50  # unknown names that are told


class Twice(ValueError):
    """A name stands twice in one object."""


class NotANumber(ValueError):
    """NaN or Infinity, which JSON does not have."""


def read_json(
    source: Source,
    columns: Sequence[str],
    required: Sequence[str],
    mapping: Mapping[str, str],
    *,
    list_name: str,
    flags: Sequence[str],
) -> Sheet:
    """Understand the first object of a JSON file and hand out all of them one by one.

    The line of a row is the object's place in the list, from 1. Numbers come as they are spelt, so
    that a table says the same in JSON and CSV; only `flags` may be true or false. What breaks the
    text in its middle is refused when it is reached. Memory stays flat.
    """
    elements = Elements(source.text(), list_name)
    elements.enter()
    first = elements.first()
    names = list(first) if isinstance(first, dict) else []
    if names:
        header = our_names(names, columns, mapping)
        if not set(columns).intersection(header):
            raise UnreadableSheet(
                _("The first object has none of our fields, like %(example)s.")
                % {"example": ", ".join(required)},
                header=names,
            )
        check_header(names, header, columns, ())
    unknown: list[str] = []
    return Sheet(
        rows=rows_of(elements, columns, mapping, unknown, flags),
        unknown_columns=unknown,
        lines=source.lines,
        header=names,
        warnings=source.warnings,
    )


class Elements:
    """The elements of one JSON list, decoded one by one from a window of the text."""

    def __init__(self, text: TextIO, list_name: str) -> None:
        self.text, self.list_name = text, list_name
        self.window, self.place, self.passed = "", 0, 0
        self.count = 0
        self.is_wrapped = False
        self.waiting: list[Any] = []
        self.decoder = json.JSONDecoder(
            parse_int=str,
            parse_float=str,
            parse_constant=no_number,
            object_pairs_hook=once_each,
            strict=False,
        )

    def enter(self) -> None:
        """Go to the first element: of the list itself, or of the one under its name."""
        if self.peek() == "{":
            self.is_wrapped = True
            self.step()
            while self.peek() != "}" and self.name() != self.list_name:
                self.value()
                if self.peek() == ",":
                    self.step()
            if self.peek() == "}":
                raise UnreadableSheet(
                    _("The file holds one object without a list named %(name)s.")
                    % {"name": self.list_name}
                )
        if self.peek() != "[":
            raise UnreadableSheet(
                _("%(name)s is not a list. Write a list of objects in square brackets.")
                % {"name": self.list_name}
            )
        self.step()

    def first(self) -> Any:
        """The first element, which is handed out again; refuses a list without any."""
        for element in self:
            self.waiting.append(element)
            self.count -= 1
            return element
        raise UnreadableSheet(_("The list is empty."))

    def __iter__(self) -> Iterator[Any]:
        while True:
            if self.waiting:
                element = self.waiting.pop()
            else:
                if self.peek() == "]":
                    self.leave()
                    return
                element = self.value()
                if self.peek() == ",":
                    self.step()
                    if self.peek() == "]":
                        raise self.broken()
                elif self.peek() != "]":
                    raise self.broken()
            self.count += 1
            yield element

    def leave(self) -> None:
        """After the list only what closes the object around it may follow."""
        self.step()
        while self.is_wrapped and self.peek() == ",":
            self.step()
            self.name()
            self.value()
        if self.is_wrapped:
            if self.peek() != "}":
                raise self.broken()
            self.step()
        if self.peek():
            raise self.broken()

    def name(self) -> str:
        """A name of the object around the list, and the colon after it."""
        if self.peek() != '"':
            raise self.broken()
        name = self.value()
        if self.peek() != ":":
            raise self.broken()
        self.step()
        return name

    def peek(self) -> str:
        """The next sign that is no space; nothing at the end."""
        while True:
            while self.place < len(self.window):
                sign = self.window[self.place]
                if sign not in SPACE:
                    return sign
                self.place += 1
            if not self.fill():
                return ""

    def step(self) -> None:
        """Pass one sign."""
        self.place += 1

    def fill(self) -> bool:
        """Read on; whether there was anything left."""
        try:
            piece = self.text.read(PIECE)
        except UnicodeDecodeError as no:
            raise UnreadableSheet(_("This is not UTF-8 text. Save the file in UTF-8.")) from no
        self.passed += self.place
        self.window, self.place = self.window[self.place :] + piece, 0
        return bool(piece)

    def value(self) -> Any:
        """The next value, whole; at most `LONGEST` signs of it are in memory."""
        self.peek()
        if len(self.window) - self.place < LONGEST:
            self.fill()
        try:
            value, end = self.decoder.raw_decode(self.window, self.place)
        except Twice as no:
            raise UnreadableSheet(
                _("Object %(number)s names %(name)s twice. Keep one of them.")
                % {"number": self.count + 1, "name": plain(str(no))[:80]}
            ) from no
        except NotANumber as no:
            raise UnreadableSheet(
                _("Object %(number)s holds %(name)s, which JSON does not have. Write null.")
                % {"number": self.count + 1, "name": no}
            ) from no
        except RecursionError as no:
            raise UnreadableSheet(
                _("Object %(number)s is nested too deep. Its fields are texts and numbers.")
                % {"number": self.count + 1}
            ) from no
        except json.JSONDecodeError as no:
            if len(self.window) - self.place >= LONGEST and no.pos - self.place >= LONGEST // 2:
                raise self.too_long() from no
            self.place = min(no.pos, len(self.window))
            raise self.broken() from no
        if end - self.place > LONGEST:
            raise self.too_long()
        self.place = end
        return value

    def too_long(self) -> UnreadableSheet:
        """The refusal of an object that can't be one package."""
        words = _("Object %(number)s is longer than %(most)s signs. Nothing was read.")
        return UnreadableSheet(words % {"number": self.count + 1, "most": f"{LONGEST:,}"})

    def broken(self) -> UnreadableSheet:
        """The refusal of text that stops being JSON here."""
        words = _("This stops being JSON in or after object %(number)s: %(found)s")
        found = plain(self.window[self.place : self.place + 30].strip()) or _("the file ends")
        return UnreadableSheet(words % {"number": max(self.count, 1), "found": found})


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        (name, _count), *_others = Counter(name for name, _value in pairs).most_common(1)
        raise Twice(name)
    return found


def no_number(found: str) -> None:
    """JSON has no NaN and no Infinity."""
    raise NotANumber(found)


def rows_of(
    elements: Elements,
    columns: Sequence[str],
    mapping: Mapping[str, str],
    unknown: list[str],
    flags: Sequence[str],
) -> Iterator[Row]:
    """Each object's place and its cells in the order of `columns`, or a complaint. Names nobody
    asked for are added to `unknown`."""
    seen: dict[tuple[str, ...], list[str]] = {}
    for line, element in enumerate(elements, 1):
        if not isinstance(element, dict):
            reason = _("This is not an object. Write a package as fields in curly brackets.")
            yield line, Complaint(line, ROW, reason, plain(str(element))[:80])
            continue
        names = tuple(element)
        ours = seen.get(names)
        if ours is None:
            ours = our_names(names, columns, mapping)
            if len(seen) < MOST_NAMES:
                seen[names] = ours
            for spelt, name in zip(names, ours, strict=True):
                if name not in columns and spelt not in unknown and len(unknown) < MOST_NAMES:
                    unknown.append(plain(spelt)[:80])
        yield line, cells_of(line, dict(zip(ours, element.values(), strict=True)), columns, flags)


def cells_of(line: int, found: dict[str, Any], columns: Sequence[str], flags: Sequence[str]) -> Any:
    """The cells of one object as text, or a complaint about the first value that can be none."""
    cells = []
    wrong = ""
    for name in columns:
        value = found.get(name)
        if isinstance(value, bool) and name in flags:
            value = "true" if value else "false"
        if value is not None and not isinstance(value, str):
            wrong = wrong or name
            value = json.dumps(value)[:80]
        cells.append(value or "")
    if wrong:
        reason = _("This is a list, an object, true or false. Write plain text or a number.")
        shown = tuple(plain(cell) for cell in cells)
        return Complaint(line, wrong, reason, plain(json.dumps(found[wrong]))[:80], shown)
    return tidy(line, tuple(cells), columns)
