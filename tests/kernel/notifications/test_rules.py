"""How a letter's plain words are laid out."""

from kernel.notifications.rules import blocks_of

HOME = "https://hub.example"


def kinds(body):
    return [(one.kind, one.lines or one.items) for one in blocks_of(body, home=HOME)]


def test_paragraphs_lists_and_links_are_told_apart():
    body = f"""Hello Rosa,

this is new:

- one thing
  with more of it
- another
The rest.

{HOME}/shop/

Questions?
Hub
"""
    assert kinds(body) == [
        ("text", ["Hello Rosa,"]),
        ("text", ["this is new:"]),
        ("list", [["one thing", "with more of it"], ["another"]]),
        ("text", ["The rest."]),
        ("link", [f"{HOME}/shop/"]),
        ("text", ["Questions?", "Hub"]),
    ]


def test_an_address_that_is_not_ours_is_no_button():
    assert kinds("https://evil.example/x") == [("text", ["https://evil.example/x"])]


def test_an_address_right_below_its_sentence_is_a_button_too():
    assert kinds(f"Tell us:\n{HOME}/a") == [("text", ["Tell us:"]), ("link", [f"{HOME}/a"])]


def test_no_words_are_no_blocks():
    assert blocks_of("", home=HOME) == []
