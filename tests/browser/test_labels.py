"""What labels say, and which of the codes in sight counts: the pure part of scanning."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
LABELS = "/static/js/door/labels.js"
USPS = "9205500012345678901234"


@pytest.fixture
def ask(page: Page, live_server):
    """`ask(js, told)`: what a function of `labels.js` says about it."""
    page.goto(f"{live_server.url}/")

    def run(body: str, told: object) -> object:
        return page.evaluate(
            f"async (told) => {{ const labels = await import('{LABELS}'); {body} }}", told
        )

    return run


@pytest.mark.parametrize(
    ("text", "tracking_id"),
    [
        ("TBA123456789012", "TBA123456789012"),
        ("  tba123456789012 \r\n", "tba123456789012"),
        ("]C1TBA123456789012", "TBA123456789012"),
        ("https://track.carrier.example/go?ref=mail&trackingId=TBA123456789012", "TBA123456789012"),
        ("HTTPS://CARRIER.EXAMPLE/T/1Z999AA10123456784", "1Z999AA10123456784"),
        ("https://carrier.example/p/AB12345678#utm=label", "AB12345678"),
        (f"42072701{USPS}", USPS),
        (f"420727011234{USPS}", USPS),
        (f"\x1d42072701\x1d{USPS}", USPS),
        (f"(420)72701(92){USPS[2:]}", USPS),
        ("9622001900000000000000123456789012", "123456789012"),
        ("(00)012345678901234567", "012345678901234567"),
    ],
)
def test_the_likeliest_tracking_id_comes_first(ask, text, tracking_id):
    label = ask("return labels.readLabel(told);", text)
    assert label["kind"] == "package"
    assert label["ids"][0] == tracking_id


def test_a_label_that_is_typed_or_mixed_keeps_all_it_may_mean(ask):
    typed = ask("return labels.readLabel(told).ids;", "1Z 999 AA1 01 2345 6784")
    assert "1Z999AA10123456784" in typed
    mixed = ask("return labels.readLabel(told).ids;", "ID:TBA123456789012|KG:2.1|72701-1234")
    assert "TBA123456789012" in mixed


def test_whatever_an_own_barcode_says_can_be_looked_up_as_it_is(ask):
    for plain in ("4711", "A-1/b", "42072701", "http:", "https://", "https://%zz/%E0%A4%A"):
        assert plain in ask("return labels.readLabel(told).ids;", plain)


@pytest.mark.parametrize(
    "text", ["HTTPS://PORTAL.HUB.TEST/S/4KZ-12", "http://127.0.0.1:8000/hub/S/4kz-12", "/S/4KZ-12"]
)
def test_a_square_on_our_paper_is_a_stop(ask, text):
    label = ask("return labels.readLabel(told);", text)
    assert (label["kind"], label["stop"]) == ("stop", "4KZ-12")


# --- Which code counts: frames of [milliseconds, [text, x, y], …] on a picture of 100 x 100 ------

WATCH = """
    const choose = labels.chooser((label) => (known.includes(label.ids[0]) ? label.ids[0] : null));
    const said = [];
    for (const [at, ...codes] of frames) {
        const all = codes.map(([text, x = 50, y = 50]) => ({ text, x, y }));
        const chosen = choose(all, { width: 100, height: 100 }, at);
        if (chosen) said.push([at, chosen.label.ids[0], chosen.found]);
    }
    return said;
"""


@pytest.fixture
def watch(ask):
    def run(frames: list, known: str) -> list:
        names = list(known)
        return ask(f"const {{ frames, known }} = told; {WATCH}", {"frames": frames, "known": names})

    return run


def test_a_code_in_sight_is_told_once(watch):
    frames = [[at, ["A"]] for at in range(0, 60_000, 500)]
    assert watch(frames, known="A") == [[0, "A", "A"]]


def test_a_code_is_told_again_when_it_was_out_of_sight_for_two_and_a_half_seconds(watch):
    frames = [[0, ["A"]], [2400, ["A"]], [4900, ["A"]], [7401, ["A"]]]
    assert [at for at, *_ in watch(frames, known="A")] == [0, 7401]


def test_the_code_nearest_to_the_middle_counts(watch):
    frames = [
        [0, ["A", 10, 10], ["B", 52, 50], ["C", 90, 50]],
        [80, ["A", 10, 10], ["B", 52, 50], ["C", 90, 50]],
        [160, ["A", 50, 40], ["B", 90, 50]],
    ]
    assert [[at, text] for at, text, _ in watch(frames, known="ABC")] == [[0, "B"], [160, "A"]]


def test_known_codes_go_before_unknown_ones_of_the_same_label(watch):
    frames = [[at, ["route", 50, 50], ["A", 80, 80]] for at in range(0, 10_000, 100)]
    assert watch(frames, known="A") == [[0, "A", "A"]]


def test_an_unknown_code_is_told_after_a_second_of_patience(watch):
    frames = [[at, ["X"]] for at in range(0, 5000, 250)]
    assert watch(frames, known="A") == [[1000, "X", None]]


def test_a_blink_of_the_reader_does_not_make_a_known_label_unknown(watch):
    frames = [[0, ["A"]], *([at, ["route"]] for at in (100, 400, 700, 1000)), [1050, ["A"]]]
    assert watch(frames, known="A") == [[0, "A", "A"]]
