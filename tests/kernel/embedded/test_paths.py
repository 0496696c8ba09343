"""Where the embedded services keep their things."""

from pathlib import Path

import pytest

from kernel.embedded import paths


def test_sockets_live_beside_the_data_when_the_path_is_short_and_plain():
    home = Path("/work/checkout/var")
    assert paths.socket_dir(home, of=home, uid=7) == home / "run"


@pytest.mark.parametrize(
    "home",
    [Path("/home/rosa/" + "deep/" * 20), Path("/home/rosa/my shop"), Path("/home/rosa/a,b")],
    ids=["long", "blank", "comma"],
)
def test_sockets_move_to_a_short_folder_of_their_own_otherwise(home):
    place = paths.socket_dir(home, of=home, uid=7)
    assert place.parent == Path("/tmp")
    assert place.name.startswith("hub-7-")
    assert paths.holds_sockets(place)


def test_two_checkouts_never_share_a_socket():
    one, two = Path("/home/rosa/my shop/var"), Path("/home/rosa/my shop 2/var")
    assert paths.socket_dir(one, of=one, uid=7) != paths.socket_dir(two, of=two, uid=7)


def test_the_var_folder_can_be_named(monkeypatch):
    monkeypatch.setenv("VAR_DIR", "/srv/hub")
    assert paths.var_dir(Path("/work/checkout")) == Path("/srv/hub")
    monkeypatch.setenv("VAR_DIR", "")
    assert paths.var_dir(Path("/work/checkout")) == Path("/work/checkout/var")


def test_a_checkout_keeps_its_secret_to_itself(tmp_path):
    first = paths.laptop_secret(tmp_path / "one")
    assert paths.laptop_secret(tmp_path / "one") == first
    assert paths.laptop_secret(tmp_path / "two") != first
    assert (tmp_path / "one" / "secret_key").stat().st_mode & 0o777 == 0o600
