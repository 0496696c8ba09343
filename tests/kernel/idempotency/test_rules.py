"""What is the same request, and what is a last word."""

import pytest

from kernel.idempotency.rules import fingerprint, is_final, is_key


@pytest.mark.parametrize("text", ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "~" * 200])
def test_a_key_is_visible_ascii(text):
    assert is_key(text)


@pytest.mark.parametrize("text", ["", " ", "a b", "ñ", "a\n", "~" * 201, "\x7f"])
def test_anything_else_is_none(text):
    assert not is_key(text)


def test_method_address_and_bytes_make_a_request_what_it_is():
    asked = fingerprint("POST", "/a?day=1", b"{}")
    assert asked == fingerprint("POST", "/a?day=1", b"{}")
    others = [("PUT", "/a?day=1", b"{}"), ("POST", "/a?day=2", b"{}"), ("POST", "/a?day=1", b"{ }")]
    assert asked not in [fingerprint(*other) for other in others]
    assert fingerprint("POST", "/a", b"b") != fingerprint("POST", "/a\nb", b"")


@pytest.mark.parametrize("status", [200, 201, 202, 400, 413, 415, 422])
def test_what_was_done_and_what_is_wrong_with_the_request_is_final(status):
    assert is_final(status)


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500, 503, 302])
def test_who_asks_what_stands_in_the_way_limits_and_failures_are_not(status):
    assert not is_final(status)
