"""The geometry of charts: plain numbers in, whole SVG units out."""

from dataclasses import dataclass

WIDTH, HEIGHT = 360, 180
TOP, BOTTOM, SIDE = 24, 24, 6
LABELS_AT_MOST = 8


@dataclass(frozen=True)
class Bar:
    """One bar: its corner and size, the middle for its words, and whether its label has room."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    word_y: int
    has_label: bool
    is_highest: bool


@dataclass(frozen=True)
class Chart:
    """Every bar of a drawing `width` by `height`, standing on `floor`."""

    width: int
    height: int
    floor: int
    label_y: int
    bars: list[Bar]


def bars(data: list[tuple[str, int]]) -> Chart:
    """Lay out one bar per (label, value), from zero, never cut; labels are skipped evenly.

    Negative values stand as nothing: the table beside the chart carries them.
    """
    floor = HEIGHT - BOTTOM
    highest = max((value for _, value in data), default=0)
    step = (WIDTH - 2 * SIDE) / max(len(data), 1)
    every = -(-len(data) // LABELS_AT_MOST) or 1
    first_highest = next((i for i, (_, v) in enumerate(data) if v == highest and v > 0), -1)
    drawn = []
    for index, (_, value) in enumerate(data):
        height = round(max(value, 0) / highest * (floor - TOP)) if highest > 0 else 0
        height = max(height, 1) if value > 0 else height
        left = SIDE + step * index
        drawn.append(
            Bar(
                x=round(left + step * 0.14),
                y=floor - height,
                width=max(round(min(step * 0.72, 44)), 1),
                height=height,
                middle=round(left + step * 0.14 + max(round(min(step * 0.72, 44)), 1) / 2),
                word_y=floor - height - 6,
                has_label=index % every == 0,
                is_highest=index == first_highest,
            )
        )
    return Chart(width=WIDTH, height=HEIGHT, floor=floor, label_y=HEIGHT - 7, bars=drawn)


@dataclass(frozen=True)
class Span:
    """One span: its corner and size, the height of its middle, and where its words stand."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    middle_y: int
    word_y: int


@dataclass(frozen=True)
class SpanChart:
    """Every span of a drawing `width` by `height`, above `floor`."""

    width: int
    height: int
    floor: int
    label_y: int
    spans: list[Span]


def spans(data: list[tuple[int, int, int]]) -> SpanChart:
    """Lay out one span per (low, middle, high), on a scale from zero, never cut."""
    floor = HEIGHT - BOTTOM
    highest = max((high for _low, _middle, high in data), default=0)
    scale = (floor - TOP) / highest if highest > 0 else 0.0
    step = (WIDTH - 2 * SIDE) / max(len(data), 1)
    width = max(round(min(step * 0.6, 44)), 1)
    drawn = []
    for index, (low, middle, high) in enumerate(data):
        left, top = round(SIDE + step * index + (step - width) / 2), floor - round(high * scale)
        drawn.append(
            Span(
                x=left,
                y=top,
                width=width,
                height=max(floor - round(low * scale) - top, 1) if high > 0 else 0,
                middle=left + width // 2,
                middle_y=floor - round(middle * scale),
                word_y=top - 6,
            )
        )
    return SpanChart(WIDTH, HEIGHT, floor, HEIGHT - 7, drawn)
