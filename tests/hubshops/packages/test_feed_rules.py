"""The quick look at a row and the slow one never disagree."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hubshops.packages.feeds.csv_v1 import PLAIN_ROW, judge, judge_row
from kernel.cells import Wrong
from kernel.sheets import Sheet


def nowhere(_postal_code):
    return None


def mostly(*usual, odd=""):
    """Usual cells, now and then an odd one."""
    return st.sampled_from(usual) | st.text(alphabet=odd or "09.-+ eNaé=Z", max_size=8).map(
        str.strip
    )


text = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=130
).map(str.strip)
rows = st.tuples(
    mostly("TBA1", "1Z-99", "x" * 40, "x" * 41, "é"),
    text,
    text,
    st.just("") | text,
    st.just("") | text,
    mostly("AR", "ar", "", "Ark"),
    mostly("72701", "72701-1234", "727011234", "2134"),
    mostly("36.08", "-90", "90", "90.1", "89.999", "+1", "-0.5", ".5", "099"),
    mostly("-94.17", "180", "-180.0", "180.5", "179.9", "+94", "190", "0"),
    st.just("") | text,
    st.just("") | text,
    *[mostly("", "0", "500", "1000000", "1000001", "12.5", "-1")] * 4,
    mostly("", "signature", "code", "Code", "photo"),
    mostly("", "09:00", "9:00", "24:00", odd="0129:"),
    mostly("", "17:30", "08:00", "23:59", odd="0129:"),
    mostly("", "no", "NO", "0", "maybe"),
)


@settings(max_examples=600, deadline=None)
@given(rows)
def test_what_the_quick_look_takes_the_slow_one_takes_unchanged(row):
    judged = [one for _line, one in judge(Sheet(iter([(2, row)]), [], 1, []), nowhere)]
    if PLAIN_ROW.fullmatch("\t".join(row)) and isinstance(judged[0], str):
        assert judge_row(row, nowhere) == (*row[:-1], "f")
        assert judged == ["\t".join((*row[:-1], "f"))]


@settings(max_examples=300, deadline=None)
@given(rows)
def test_any_row_is_taken_or_has_one_complaint(row):
    try:
        assert len(judge_row(row, nowhere)) == 19
    except Wrong as no:
        assert no.field
        assert no.reason


def test_a_usual_row_passes_the_quick_look():
    row = (
        "A1,Ines Bell,12 Oak St,Apt 3,Fayetteville,AR,72701,36.08,-94.17,,Ring,500,,,,signature,,,"
    )
    assert PLAIN_ROW.fullmatch(row.replace(",", "\t"))
