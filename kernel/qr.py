"""QR codes (ISO/IEC 18004) with medium error correction, many of one address at a time.

Papers carry dozens of codes that differ in a few signs, and making one from nothing takes
milliseconds. With the version and the mask held still, a code is linear: the modules of a text are
those of the text `000…` XORed with what each pair of signs changes in them. Each pair is asked of
segno once; a code is then a handful of XORs. Readers take every mask, so holding it still costs
nothing but a little contrast in rare codes.
"""

import re
from functools import cache, lru_cache

import segno

ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
QUIET = 4  # modules of white that a reader needs on every side
MASK = 2
# Mode -> version -> signs it holds at level M. Capital letters and digits alone need fewer squares.
MOST_SIGNS = {
    "alphanumeric": {2: 38, 3: 61, 4: 90, 5: 122, 6: 154},
    "byte": {2: 26, 3: 42, 4: 62, 5: 84, 6: 106},
}


@lru_cache(maxsize=4096)
def qr_path(text: str) -> str:
    """A code as PDF rectangles, a module being one unit, its lower left corner at 0, 0. Takes 154
    upper-case letters, digits and ` $%*+-./:`, or 106 signs of ASCII; some microseconds."""
    size = qr_size(text)
    a_row = bytes_a_row(size)
    packed = qr_bits(text).to_bytes(a_row * size, "big")
    strips = (
        strip(8 * (place % a_row), size - 1 - place // a_row, byte)
        for place, byte in enumerate(packed)
        if byte
    )
    return " ".join(strips)


@lru_cache(maxsize=1024)
def qr_drawing(text: str) -> tuple[int, str]:
    """A code for a page: its width in modules with the quiet zone, and its dark ones as the path of
    an SVG. Takes what `qr_path` takes."""
    size, bits = qr_size(text), qr_bits(text)
    a_row = bytes_a_row(size) * 8
    runs = []
    for row in range(size):
        modules = f"{bits >> a_row * (size - 1 - row) & (1 << a_row) - 1:0{a_row}b}"
        for run in RUN.finditer(modules):
            x, y = run.start() + QUIET, row + QUIET
            runs.append(f"M{x} {y}h{len(run[0])}v1h-{len(run[0])}z")
    return size + 2 * QUIET, "".join(runs)


def qr_svg(text: str, attributes: str = "") -> str:
    """A code as an SVG of its own, black on white. Takes what `qr_path` takes; `attributes` are
    ours, ready to be written into its tag."""
    size, path = qr_drawing(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"{attributes}'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


@cache
def strip(x: int, y: int, byte: int) -> str:
    """Eight modules of a row, the first the highest bit: one rectangle a run of dark ones."""
    runs = RUN.finditer(f"{byte:08b}")
    return " ".join(f"{x + run.start()} {y} {len(run[0])} 1 re" for run in runs)


RUN = re.compile("1+")


def qr_bits(text: str) -> int:
    """All modules of a code as one number, row by row from the top, each row filled up with white
    to whole bytes."""
    mode = mode_of(text)
    bits = zeros(len(text), mode)
    for place in range(0, len(text), 2):
        bits ^= share(len(text), place, text[place : place + 2], mode)
    return bits


def mode_of(text: str) -> str:
    """How a text is written in a code. Refuses what neither way can hold."""
    if ALPHABET.issuperset(text):
        return "alphanumeric"
    if text.isascii():
        return "byte"
    raise ValueError("a small code takes ASCII")


def bytes_a_row(size: int) -> int:
    """Bytes that hold a row of modules."""
    return (size + 7) // 8


def qr_size(text: str) -> int:
    """How many modules wide the code of a text is, without its quiet zone."""
    return 17 + 4 * version_for(len(text), mode_of(text))


@cache
def version_for(length: int, mode: str) -> int:
    """The smallest version that holds so many signs."""
    for version, most in MOST_SIGNS[mode].items():
        if length <= most:
            return version
    raise ValueError("the text is too long for a small code")


@cache
def zeros(length: int, mode: str) -> int:
    """The code of a text of noughts, from which all others are reached."""
    return made("0" * length, mode)


@lru_cache(maxsize=16_384)
def share(length: int, place: int, pair: str, mode: str) -> int:
    """What a pair of signs at `place` changes in the code of noughts."""
    rest = length - place - len(pair)
    return made("0" * place + pair + "0" * rest, mode) ^ zeros(length, mode)


def made(text: str, mode: str) -> int:
    """One code as a number, made by segno."""
    code = segno.make(
        text,
        error="m",
        version=version_for(len(text), mode),
        mode=mode,
        mask=MASK,
        micro=False,
        boost_error=False,
    )
    width = 8 * bytes_a_row(len(code.matrix))
    rows = ("".join(map(str, row)).ljust(width, "0") for row in code.matrix)
    return int("".join(rows), 2)
