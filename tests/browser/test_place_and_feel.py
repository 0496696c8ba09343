"""The phone's place, asked for once and never waited for; and what a hand and an ear notice."""

import pytest
from playwright.sync_api import Page

from tests.factories import make_member, make_shop

pytestmark = pytest.mark.browser
COUNT_QUESTIONS = """() => {
    window.questions = 0;
    const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
    navigator.geolocation.getCurrentPosition = (...words) => { questions += 1; ask(...words); };
}"""
WHERE = """async (options) => {
    const { whereAmI } = await import('/static/js/door/place.js');
    return whereAmI(options ?? {});
}"""


@pytest.fixture
def at_the_door(browser, browser_context_args, live_server, sign_in):
    """`at_the_door(…)`: the door's page in a browser with these settings."""
    contexts = []

    def go(**settings) -> Page:
        context = browser.new_context(**browser_context_args | settings)
        contexts.append(context)
        page = context.new_page()
        sign_in(page, make_member(make_shop(), "Sam", "helper"))
        page.goto(f"{live_server.url}/shop/door/")
        page.evaluate(COUNT_QUESTIONS)
        return page

    yield go
    for context in contexts:
        context.close()


def test_a_place_is_rounded_to_some_ten_metres(at_the_door):
    place = {"latitude": 36.0612349, "longitude": -94.1687751, "accuracy": 8.7}
    page = at_the_door(geolocation=place, permissions=["geolocation"])
    assert page.evaluate(WHERE) == {"latitude": 36.0612, "longitude": -94.1688, "accuracy_m": 9}


def test_calls_side_by_side_are_one_question(at_the_door):
    place = {"latitude": 36.06, "longitude": -94.16}
    page = at_the_door(geolocation=place, permissions=["geolocation"])
    twice = f"async () => {{ const ask = {WHERE}; return Promise.all([ask(), ask()]); }}"
    first, second = page.evaluate(twice)
    assert first == second
    assert page.evaluate("questions") == 1


def test_a_phone_that_does_not_know_its_place_says_nothing(at_the_door):
    page = at_the_door(permissions=["geolocation"])
    assert page.evaluate(WHERE, {"timeoutMs": 300}) is None


def test_a_no_is_remembered_and_nobody_is_asked_again(at_the_door, live_server):
    page = at_the_door()
    assert page.evaluate(WHERE) is None
    assert page.evaluate(WHERE) is None
    page.reload()
    page.evaluate(COUNT_QUESTIONS)
    assert page.evaluate(WHERE) is None
    assert page.evaluate("questions") == 0

    # Who changes her mind in the browser's settings is believed.
    page.context.grant_permissions(["geolocation"], origin=live_server.url)
    page.context.set_geolocation({"latitude": 36.06, "longitude": -94.16, "accuracy": 5})
    assert page.evaluate(WHERE) == {"latitude": 36.06, "longitude": -94.16, "accuracy_m": 5}


def test_a_no_is_remembered_where_a_browser_does_not_tell_what_is_allowed(at_the_door):
    """As older iPhones do not; they would ask again with every visit."""
    silent = "Object.defineProperty(navigator, 'permissions', { value: undefined })"
    page = at_the_door()
    page.evaluate(silent)
    assert page.evaluate(WHERE) is None
    assert page.evaluate("questions") == 1
    page.reload()
    page.evaluate(COUNT_QUESTIONS)
    page.evaluate(silent)
    assert page.evaluate(WHERE) is None
    assert page.evaluate("questions") == 0


# --- Feel ----------------------------------------------------------------------------------------

LISTEN = """async () => {
    window.shaken = [];
    window.notes = [];
    navigator.vibrate = (pattern) => { shaken.push(pattern); return true; };
    const Tone = window.OscillatorNode;
    window.OscillatorNode = class extends Tone {
        constructor(context, options) { super(context, options); notes.push(options.frequency); }
    };
    window.feel = await import('/static/js/door/feel.js');
}"""


def touched(page: Page) -> Page:
    """A page that was tapped, so that it may sound and shake; where its sound has begun."""
    page.evaluate(LISTEN)
    page.mouse.click(2, 700)
    page.wait_for_function("() => { feel.good(); return notes.length > 0; }")
    page.evaluate("() => { shaken.length = notes.length = 0; }")
    return page


def test_a_yes_is_short_and_a_stop_is_long(at_the_door):
    page = touched(at_the_door(reduced_motion="no-preference"))
    page.evaluate("feel.good()")
    assert page.evaluate("[shaken, notes]") == [[[60]], [880, 1318]]
    page.evaluate("() => { shaken.length = notes.length = 0; feel.stopSign(); }")
    assert page.evaluate("[shaken, notes]") == [[[220, 90, 220]], [196, 165]]


def test_who_wants_stillness_gets_no_shaking(at_the_door):
    page = touched(at_the_door(reduced_motion="reduce"))
    page.evaluate("() => { feel.good(); feel.stopSign(); }")
    assert page.evaluate("shaken") == []


def test_sound_switched_off_stays_off_on_this_phone(at_the_door):
    page = touched(at_the_door())
    page.evaluate("feel.setSound(false)")
    page.evaluate("() => { feel.good(); feel.stopSign(); }")
    assert page.evaluate("notes") == []
    page.reload()
    page.evaluate(LISTEN)
    assert page.evaluate("feel.isSoundOn()") is False
    page.evaluate("feel.setSound(true)")
    assert page.evaluate("feel.isSoundOn()") is True


def test_before_a_touch_nothing_sounds_or_breaks(at_the_door):
    page = at_the_door()
    page.evaluate(LISTEN)
    page.evaluate("() => { feel.good(); feel.stopSign(); }")
    assert page.evaluate("notes") == []
