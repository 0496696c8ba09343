"""Names of browsers, and keys derived from a secret."""

import pytest
from cryptography.fernet import InvalidToken

from kernel.accounts.rules import derived_key, device_of, key_ring

AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1": (
        "Safari",
        "iPhone",
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/131.0 Safari/537.36 Edg/131.0": (
        "Edge",
        "Windows",
    ),
    "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36": (
        "Samsung Internet",
        "Android",
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": (
        "Firefox",
        "Linux",
    ),
    "curl/8": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("agent", "names"), AGENTS.items())
def test_a_browser_is_called_as_its_maker_calls_it(agent, names):
    assert device_of(agent) == names


def test_one_secret_gives_one_key_and_another_another():
    assert derived_key("a") == derived_key("a") != derived_key("b")


def test_the_first_key_encrypts_and_all_decrypt():
    key = derived_key("own").decode()
    hidden = key_ring([], ["secret"]).encrypt(b"seed")
    assert key_ring([key], ["secret"]).decrypt(hidden) == b"seed"
    with pytest.raises(InvalidToken):
        key_ring([key], ["other"]).decrypt(hidden)
    assert key_ring([key], []).decrypt(key_ring([key], ["secret"]).encrypt(b"x")) == b"x"
