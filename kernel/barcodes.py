"""Code 128 (ISO/IEC 15417): text to bars. Pure."""

import re
from functools import cache, lru_cache

# The six widths, bar first, of the values 0 to 105, and the stop sign's seven.
WIDTHS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122
321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311
211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113
213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422
121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121
412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412
211214 211232
"""
PATTERNS = WIDTHS.split()
STOP = "2331112"
TO_C, TO_B, START_B, START_C = 99, 100, 104, 105
SIGN = 11  # modules of one value
QUIET = 10  # modules of white that a reader needs on either side
DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=8192)
def code128_values(text: str) -> tuple[int, ...]:
    """The symbol values of printable ASCII, start and check value included. Runs of four or more
    digits at either end, or six or more inside, go two to a sign (set C); so do two alone."""
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("Code 128 takes printable ASCII")
    values: list[int] = []
    for chunk, is_c in chunks(text):
        if values:
            values.append(TO_C if is_c else TO_B)
        else:
            values.append(START_C if is_c else START_B)
        if is_c:
            values += [int(chunk[i : i + 2]) for i in range(0, len(chunk), 2)]
        else:
            values += [ord(sign) - 32 for sign in chunk]
    check = values[0] + sum(place * value for place, value in enumerate(values))
    return (*values, check % 103)


def chunks(text: str) -> list[tuple[str, bool]]:
    """The text cut where the set changes; True for an even number of digits in set C."""
    cut: list[tuple[str, bool]] = []
    place = 0
    for run in DIGITS.finditer(text):
        start, end = run.span()
        odd = (end - start) % 2  # an odd digit stays outside, on the side where set B is anyway
        start, end = (start, end - odd) if start == 0 else (start + odd, end)
        ends = (start == 0) + (end == len(text))  # where no switch to or from another set is paid
        if end - start < 6 - 2 * ends:
            continue
        if start > place:
            cut.append((text[place:start], False))
        cut.append((text[start:end], True))
        place = end
    if place < len(text):
        cut.append((text[place:], False))
    return cut


@lru_cache(maxsize=8192)
def code128_path(text: str) -> str:
    """The bars as PDF rectangles, a module wide and one unit high, from 0, 0."""
    signs = [PATTERNS[value] for value in code128_values(text)]
    ends = len(signs) * SIGN
    return " ".join([*map(bars_at, range(0, ends, SIGN), signs), bars_at(ends, STOP)])


@cache
def bars_at(left: int, widths: str) -> str:
    """One sign's bars, its left edge so many modules from the first."""
    boxes = []
    for place, width in enumerate(map(int, widths)):
        if place % 2 == 0:
            boxes.append(f"{left} 0 {width} 1 re")
        left += width
    return " ".join(boxes)


@lru_cache(maxsize=8192)
def code128_width(text: str) -> int:
    """The width of all bars in modules; the white around them (`QUIET`) comes on top."""
    return len(code128_values(text)) * SIGN + sum(map(int, STOP))
