"""How a letter's plain words are laid out. Pure."""

import re
from dataclasses import dataclass, field

AN_ADDRESS = re.compile(r"https?://\S+")


@dataclass
class Block:
    """A part of a letter: `text` (lines), `list` (items, each of lines) or `link` (an address)."""

    kind: str
    lines: list[str] = field(default_factory=list)
    items: list[list[str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where a link leads."""
        return self.lines[0]


def blocks_of(body: str, *, home: str) -> list[Block]:
    """A letter's plain text, part by part. A line that is nothing but an address below `home` is a
    link; other addresses, which somebody may have written, stay words. Lines after "- " are items,
    and lines set in below one belong to it."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        is_new = True
        for line in paragraph.splitlines():
            add_line(blocks, line, home=home, is_new=is_new)
            is_new = False
    return blocks


def add_line(blocks: list[Block], line: str, *, home: str, is_new: bool) -> None:
    """Put one line where it belongs: into the last block, or into one of its own."""
    words, last = line.strip(), blocks[-1] if blocks and not is_new else None
    if AN_ADDRESS.fullmatch(words) and words.startswith(home):
        blocks.append(Block("link", [words]))
    elif words.startswith("- "):
        if last is None or last.kind != "list":
            last = Block("list")
            blocks.append(last)
        last.items.append([words[2:]])
    elif last is not None and last.kind == "list" and line.startswith("  "):
        last.items[-1].append(words)
    elif last is not None and last.kind == "text":
        last.lines.append(words)
    elif words:
        blocks.append(Block("text", [words]))
