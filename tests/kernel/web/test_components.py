"""The parts pages are made of, as HTML."""

import re

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string

from kernel.web.templatetags import components
from tests.kernel.web.samples import ShopForm


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_an_icon_is_hidden_from_screen_readers():
    svg = components.icon("truck")
    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert "style=" not in svg


@pytest.mark.parametrize(
    ("words", "link"),
    [("(555) 010-0100", "tel:+15550100100"), ("+52 55 1234 5678", "tel:+525512345678")],
)
def test_phone_numbers_ring(words, link):
    assert components.tel(words) == link


def test_a_menu_leaves_out_pages_that_do_not_exist():
    assert draw('{% nav_link "nowhere:page" "sun" "Nowhere" %}').strip() == ""


@pytest.mark.parametrize(
    ("path", "root", "here"),
    [
        ("/shop/help/", False, "page"),
        ("/shop/help/more/", False, "true"),
        ("/shop/help/more/", True, ""),
        ("/", False, ""),
    ],
)
def test_a_menu_marks_where_we_are(rf, path, root, here):
    got = components.nav_link({"request": rf.get(path)}, "public:help", "sun", "Help", root)
    assert (f'aria-current="{here}"' in got) == bool(here)
    assert 'href="/shop/help/"' in got


def test_a_wrong_field_names_its_hint_and_its_error():
    html = ShopForm({"phone": ""})["phone"].as_field_group()
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_phone_helptext"' in html
    assert 'id="id_phone_error"' in html


def test_optional_fields_say_so_and_required_ones_carry_no_star():
    html = str(ShopForm())
    assert html.count("(optional)") == 4
    assert "*" not in html


def test_choices_are_a_group_with_a_legend():
    html = ShopForm()["way"].as_field_group()
    assert "<fieldset" in html
    assert re.search(r"<legend>\s*How do you deliver\?", html)


def test_the_summary_of_errors_leads_to_each_field():
    html = render_to_string("components/error_summary.html", {"form": ShopForm({})})
    targets = re.findall(r'href="#([^"]+)"', html)
    page = str(ShopForm({}))
    assert targets
    assert all(f'id="{target}"' in page for target in targets)


def test_a_form_without_errors_has_no_summary():
    html = render_to_string("components/error_summary.html", {"form": ShopForm()})
    assert "There is a problem" not in html


def test_a_form_with_files_says_so_and_leaves_checking_to_us():
    html = render_to_string("components/form.html", {"form": ShopForm(), "submit": "Send"})
    assert 'enctype="multipart/form-data"' in html
    assert "novalidate" in html
    assert html.count("button-primary") == 1


def test_a_buttons_words_are_escaped():
    html = draw('{% include "components/button.html" with text=words %}', words="<b>go</b>")
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("level", [constants.SUCCESS, constants.WARNING, constants.ERROR, 0])
def test_messages_stand_in_a_status_region(level):
    html = render_to_string(
        "components/messages.html", {"messages": [Message(level, "<i>done</i>")]}
    )
    assert 'role="status"' in html
    assert "&lt;i&gt;done" in html


def test_a_chart_has_its_table():
    html = draw('{% bar_chart "Days" series "Day" "Earned" %}', series=[("Mon", 5, "$0.05")])
    assert "<svg" in html
    assert '<td class="number">$0.05</td>' in html
    assert "style=" not in html


def test_the_frame_renders_without_request_or_database():
    html = render_to_string("500.html", {"site_name": "Hub Delivery", "reference": "abc"})
    assert "abc" in html
    assert "set_language" not in html


def test_languages_name_themselves_in_their_own_script():
    assert ("es", "Español") in components.language_choices()
