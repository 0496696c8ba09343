"""Where the bars of a chart stand."""

import pytest

from kernel.web.rules import HEIGHT, LABELS_AT_MOST, WIDTH, bars, spans


@pytest.mark.parametrize("count", [1, 2, 7, 31, 100, 365])
def test_bars_stay_on_the_paper_and_labels_have_room(count):
    chart = bars([(str(n), n * 37 % 101) for n in range(count)])
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in chart.bars)
    assert all(bar.y >= 0 and bar.y + bar.height == chart.floor <= HEIGHT for bar in chart.bars)
    assert sum(bar.has_label for bar in chart.bars) <= LABELS_AT_MOST
    assert sum(bar.is_highest for bar in chart.bars) <= 1


def test_bars_begin_at_zero_so_that_heights_compare():
    low, high = bars([("a", 50), ("b", 100)]).bars
    assert abs(low.height * 2 - high.height) <= 1


def test_nothing_and_less_than_nothing_have_no_height_but_a_little_shows():
    nothing, minus, little, much = bars([("a", 0), ("b", -5), ("c", 1), ("d", 100_000)]).bars
    assert (nothing.height, minus.height) == (0, 0)
    assert little.height == 1
    assert much.is_highest


def test_a_chart_of_nothing_is_an_empty_chart():
    assert bars([]).bars == []
    assert [bar.height for bar in bars([("a", 0)]).bars] == [0]


def test_spans_stand_on_one_scale_from_zero_with_the_middle_inside():
    low, high = spans([(20, 25, 30), (40, 50, 60)]).spans
    assert abs(low.height * 2 - high.height) <= 1
    for span in (low, high):
        assert span.y < span.middle_y < span.y + span.height
        assert span.x >= 0 and span.x + span.width <= WIDTH
        assert 0 < span.word_y <= HEIGHT


def test_a_span_of_nothing_has_no_height_and_a_sharp_one_still_shows():
    nothing, sharp = spans([(0, 0, 0), (7, 7, 7)]).spans
    assert (nothing.height, sharp.height) == (0, 1)
    assert spans([]).spans == []
