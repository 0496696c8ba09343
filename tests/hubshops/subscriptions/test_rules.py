"""Cursors, signatures, pauses and addresses."""

import base64
import datetime as dt

import pytest

from hubshops.subscriptions.gateways.http import is_public, post
from hubshops.subscriptions.rules import (
    Cursor,
    back_to,
    is_address,
    parse_cursor,
    pause_after,
    secret_of,
    shown_secret,
    signature,
)


def test_a_cursor_reads_back():
    for cursor in (Cursor(), Cursor(1, 2, 3), Cursor(2**50, 2**51, 2**52)):
        assert parse_cursor(str(cursor)) == cursor
    assert parse_cursor("") == Cursor()


@pytest.mark.parametrize(
    ("cursor", "event_id", "expected"),
    [
        (Cursor(50, 50), 7, Cursor(0, 50, 6)),  # everything seen
        (Cursor(50, 60, 30), 7, Cursor(0, 60, 6)),  # in the middle, back
        (Cursor(50, 60, 30), 99, Cursor(0, 60, 30)),  # forward: nothing unseen is left out
        (Cursor(0, 60, 30), 7, Cursor(0, 60, 6)),
        (Cursor(50, 50), 1, Cursor(0, 50, 0)),
    ],
)
def test_going_back_leaves_nothing_out(cursor, event_id, expected):
    assert back_to(cursor, event_id) == expected


def test_the_signature_is_that_of_standard_webhooks():
    """The example that the scheme's own libraries are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_follows_from_salt_and_key_and_nothing_else():
    secret = secret_of("salt", "key")
    assert len(secret) == 32
    assert secret == secret_of("salt", "key")
    assert secret not in {secret_of("salt2", "key"), secret_of("salt", "key2")}
    assert base64.b64decode(shown_secret(secret).removeprefix("whsec_")) == secret


def test_pauses_grow_and_end():
    pauses = [pause_after(failures) for failures in range(1, 7)]
    assert pauses == sorted(pauses)
    assert pauses[0] == dt.timedelta(minutes=1)
    assert pause_after(7) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://station.example",
        "https://station.example:8443/a/b?c=d",
        "https://93.184.215.14/",
        "https://[2606:2800:21f::1]/x",
    ],
)
def test_an_address_of_the_open_internet_can_be_told(url):
    assert is_address(url, allow_local=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "station.example",
        "http://station.example/",
        "ftp://station.example/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:word@station.example/",
        "https://station.example:22/",
        "https://station.example:99999/",
        "https://station.example/#part",
        "https://station.example/a b",
        "https://station.example/\r\nX-Injected: 1",
        "https://ñandú.example/",
        "https://station.example/" + "x" * 500,
    ],
)
def test_anything_else_can_not(url):
    assert not is_address(url, allow_local=False)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001:0:1::"),
        *("192.0.0.8", "192.88.99.1", "fec0::1"),
    ],
)
def test_our_own_and_nobodys_networks_are_not_public(address):
    assert not is_public(address)


def test_an_ipv6_address_is_not_taken_apart_for_a_port():
    answer = post("https://[::1]/", b"{}", {})
    assert "::1 leads to an address that is not on the open internet" in answer.error


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1"])
def test_the_open_internet_is_public(address):
    assert is_public(address)
