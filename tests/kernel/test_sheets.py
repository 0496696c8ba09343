"""Tables that somebody sent, taken apart without guessing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sheets import Complaint, UnreadableSheet, read_sheet, safe_cell

COLUMNS = ("id", "name", "note")
OPEN_QUOTE = "A quotation mark opens here and never closes. Close it or take it out."


def read(text: str | bytes):
    content = text.encode() if isinstance(text, str) else text
    return list(read_sheet(content, columns=COLUMNS, required=("id", "name")).rows)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_every_common_way_to_save_a_table_reads_the_same(delimiter, bom, eol):
    lines = [f"name{delimiter}ID", f'"Bell{delimiter} Ines"{delimiter}1', f"Bo{delimiter}2"]
    assert read(bom + eol.join(lines)) == [
        (2, ("1", f"Bell{delimiter} Ines", "")),
        (3, ("2", "Bo", "")),
    ]


def test_lines_are_counted_as_they_stand_in_the_file():
    text = 'id,name,note\n1,A,"two\nlines"\n\n2,B,x\n3,C,"a\n\nb"\n4,D,\n'
    assert [(line, cells[0]) for line, cells in read(text)] == [
        (2, "1"),
        (5, "2"),
        (6, "3"),
        (9, "4"),
    ]


def test_a_quote_that_never_closes_spoils_one_row_only():
    text = 'id,name,note\n1,A,x\n2,"B,x\n3,C,x\n4,D,x\n'
    rows = read(text)
    assert [line for line, _ in rows] == [2, 3, 4, 5]
    assert isinstance(rows[1][1], Complaint)
    assert rows[1][1].reason == OPEN_QUOTE
    assert rows[3][1] == ("4", "D", "x")


def test_an_endless_cell_spoils_one_row_only():
    text = 'id,name,note\n1,"' + "x\n" * 100_000 + "2,B,y\n"
    rows = read(text)
    assert rows[0][1].reason == OPEN_QUOTE
    assert rows[-1] == (100_002, ("2", "B", "y"))


def test_space_around_and_breaks_inside_cells_go():
    assert read('id,name\n 1 ,"A\u00a0 B\r\nC"\n') == [(2, ("1", "A B C", ""))]


def test_unknown_columns_are_told_as_they_are_spelt():
    sheet = read_sheet(b"id,Shoe Size,name,,Colour\n1,2,3,,4\n", columns=COLUMNS, required=("id",))
    assert sheet.unknown_columns == ["Shoe Size", "Colour"]


@pytest.mark.parametrize("content", [b"", b"\n \n", "\ufeff".encode()])
def test_an_empty_file_is_refused(content):
    with pytest.raises(UnreadableSheet):
        read(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_one_sentence(content):
    try:
        rows = read(b"id,name,note\n" + content)
    except UnreadableSheet as no:
        assert no.sentence
        return
    for line, cells in rows:
        assert line >= 2
        assert isinstance(cells, Complaint) or len(cells) == 3


@given(st.binary(max_size=200))
def test_any_bytes_as_a_whole_file_are_rows_or_one_sentence(content):
    try:
        read(content)
    except UnreadableSheet as no:
        assert no.sentence


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("Rosa", "Rosa"),
        ("", ""),
        (None, ""),
        (-5, -5),
    ],
)
def test_no_cell_runs_as_a_formula(value, shown):
    assert safe_cell(value) == shown


WIDE = ",".join(f"c{number}" for number in range(250))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"a,b,{WIDE}\n1,2\n", "The table has 252 columns; at most 200 fit."),
        (
            json.dumps([dict.fromkeys(["a", "b", *WIDE.split(",")], 1)]),
            "The table has 252 columns; at most 200 fit.",
        ),
        ("a,b" + "," * 200_000 + "\n1,2\n", "This is not a table."),
    ],
)
def test_nobody_is_asked_about_countless_columns(content, words):
    with pytest.raises(UnreadableSheet) as no:
        read_sheet(content.encode(), columns=["a", "b"], required=["a"])
    assert no.value.sentence.startswith(words)


def test_a_name_twice_among_countless_ones_is_found():
    names = ",".join(f'"c{number}":0' for number in range(20_000))
    with pytest.raises(UnreadableSheet) as no:
        read_sheet(f'[{{{names},"c7":0}}]'.encode(), columns=["a"], required=["a"])
    assert no.value.sentence == "Object 1 names c7 twice. Keep one of them."


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_no_cell_turns_the_text_after_it_around(sign):
    assert read(f"id,name\n{sign}A1,Ann {sign}Lee\n") == [(2, ("A1", "Ann Lee", ""))]


@pytest.mark.parametrize("name", ["יעל\u200f (a)", "مريم", "क\u094d\u200dष"])
def test_names_in_other_scripts_stay_as_they_are(name):
    assert read(f"id,name\nA1,{name}\n") == [(2, ("A1", name, ""))]
