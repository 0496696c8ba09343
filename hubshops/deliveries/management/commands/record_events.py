"""Replay acts at doors from a file."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hubshops.deliveries.actions import replay_acts
from hubshops.deliveries.forms import is_storable, parse_act, sent_id
from hubshops.deliveries.rules import Result, Told
from kernel import clock
from kernel.refusals import Refusal
from kernel.terminal import HouseCommand, progress

WINDOW = 5_000
MARK = b"\xef\xbb\xbf"  # some editors begin a UTF-8 file with it
BLANKS = b" \t\r\n" + MARK
Line = tuple[int, bytes]


class NotJson(Refusal):
    code = "not_json"
    message = "This line is not a JSON object."


class NoShop(Refusal):
    code = "unknown_shop"
    message = "Say which shop: its short name."


class NoPerson(Refusal):
    code = "not_a_member"
    message = "Say by whom: the person's e-mail address."


class Command(HouseCommand):
    help = (
        "Replay acts at doors from JSON lines: the items of door/sync plus shop (short name) and"
        " by (e-mail). Safe to repeat: an act that is known by its id is not recorded again."
    )
    taken = ("recorded", "already_recorded")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def run(self, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {"recorded": 0, "already_recorded": 0, "refused": []}
        report = progress("acts")
        with options["file"].open("rb") as file:
            total = sum(1 for _line in file)
            file.seek(0)
            lines = iter(enumerate(file, 1))
            while window := list(islice(lines, WINDOW)):
                replay(window, answer)
                report(window[-1][0], total)
        return answer

    def describe(self, answer: dict[str, Any]) -> str:
        words = "{recorded:,} recorded, {already_recorded:,} recorded before".format(**answer)
        lines = [words, *(f"  line {row['line']}: {row['message']}" for row in answer["refused"])]
        if answer["refused"]:
            lines.insert(1, f"{len(answer['refused']):,} refused:")
        return "\n".join(lines)


def replay(window: list[Line], answer: dict[str, Any]) -> None:
    """Record a window of lines and add what became of them to the answer, in the file's order."""
    parsed = [(number, read(number, line)) for number, line in window if line.strip(BLANKS)]
    told = [(number, one) for number, one in parsed if isinstance(one, Told)]
    refused = [one for _number, one in parsed if isinstance(one, dict)]
    receipts = replay_acts(told=[one for _number, one in told], at=clock.now())
    for (number, _one), receipt in zip(told, receipts, strict=True):
        if receipt.result == Result.REFUSED:
            refused.append(row(number, receipt.id, receipt.reason, receipt.message))
        else:
            answer[str(receipt.result)] += 1
    answer["refused"] += sorted(refused, key=lambda one: one["line"])


def read(number: int, line: bytes) -> Told | dict[str, Any]:
    """A line as an act somebody tells, or the row that says why it is none."""
    try:
        item = json.loads(line.removeprefix(MARK))
    except (ValueError, RecursionError):
        item = None
    try:
        return told_act(item)
    except Refusal as no:
        return row(number, sent_id(item), no.code, no.sentence)


def told_act(item: object) -> Told:
    """The act, its shop and its person."""
    if not isinstance(item, dict):
        raise NotJson
    shop, by = item.get("shop"), item.get("by")
    if not isinstance(shop, str) or not is_storable(shop):
        raise NoShop
    if not isinstance(by, str) or not is_storable(by):
        raise NoPerson
    return Told(shop.strip(), by.strip(), parse_act(item))


def row(number: int, sent: str, reason: str, message: str) -> dict[str, Any]:
    """One refused line."""
    return {"id": sent, "reason": reason, "line": number, "message": message}
