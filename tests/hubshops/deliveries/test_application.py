"""The application at the door as a browser gets it: shell, worker, manifest, and its files."""

import gzip
import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings
from django.urls import reverse

from hubshops.deliveries.views import application
from hubshops.packages.rules import State
from tests.factories import make_member, make_package, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SHELL, WORKER = reverse("deliveries:shell"), reverse("deliveries:worker")
MOST_BYTES = 150_000


def told_to(worker: str) -> dict:
    """What the worker was told when it was drawn."""
    return json.loads(re.search(r"const TOLD = (.*);", worker)[1])


def test_the_shell_says_nobodys_name_and_is_the_same_for_everybody(client):
    shop = make_shop("Canary Bodega")
    rosa = make_member(shop, "Rosa Canary", email="rosa@shop.test")
    make_package(shop=shop, recipient_name="Ines Canary")
    anonymous = client.get(SHELL).content
    client.force_login(rosa)
    signed_in = client.get(SHELL).content
    assert b"Canary" not in signed_in
    assert signed_in == anonymous


def test_the_shell_holds_no_message_that_was_meant_for_a_page(client):
    shop = make_shop()
    client.force_login(make_member(shop, "Rosa"))
    package = make_package(shop=shop, state=State.MANIFESTED)
    form = {
        "act": "receive",
        "package": package.pk,
        "act_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    }
    client.post(reverse("deliveries:record"), form)
    told = f"…{package.tracking_id[-4:]}".encode()
    assert told not in client.get(SHELL).content
    assert told in client.get(reverse("deliveries:door")).content


def test_the_shell_brings_a_token_to_send_with(client):
    assert settings.CSRF_COOKIE_NAME in client.get(SHELL).cookies


def test_the_door_may_use_camera_and_place_and_runs_the_reader(client):
    answer = client.get(SHELL)
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "geolocation=(self)" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "unsafe-inline" not in policy


def test_the_worker_knows_every_file_of_the_application(client):
    told = told_to(client.get(WORKER).content.decode())
    here = {static(f"js/door/{one.name}") for one in door_folder().glob("*.js")}
    # leave.js belongs to the page that signs out.
    assert here - set(told["files"]) == {static("js/door/leave.js")}
    assert told["shell"] == SHELL


def door_folder():
    from pathlib import Path

    return Path(finders.find("js/door/main.js")).parent


def test_the_worker_is_another_one_when_the_shell_is(client, monkeypatch):
    first = client.get(WORKER).content
    assert client.get(WORKER).content == first
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert client.get(WORKER).content != first
    del client.cookies[settings.LANGUAGE_COOKIE_NAME]
    monkeypatch.setattr(application, "files_digest", lambda: "another")
    assert client.get(WORKER).content != first


def test_only_a_browser_that_sends_in_the_background_gets_the_worker_that_does(client):
    assert b"import {" not in client.get(WORKER).content
    assert b"import { Sync }" in client.get(WORKER, {"sync": "1"}).content


def test_the_door_can_be_put_on_the_home_screen(client):
    answer = client.get(reverse("deliveries:app_manifest"))
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["start_url"] == manifest["scope"] == reverse("deliveries:door")
    assert manifest["display"] == "standalone"
    assert {one["sizes"] for one in manifest["icons"]} == {"192x192", "512x512"}
    assert any(one.get("purpose") == "maskable" for one in manifest["icons"])
    assert all(finders.find(one["src"].removeprefix("/static/")) for one in manifest["icons"])


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The static files as production serves them; what is large and not measured stays unpacked."""
    folder = tmp_path_factory.mktemp("static")
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "kernel.web.storage.HashedFiles"}}
    with override_settings(
        STATIC_ROOT=str(folder),
        STORAGES=storages,
        WHITENOISE_SKIP_COMPRESS_EXTENSIONS=["wasm", "ttf", "png", "map", "svg"],
    ):
        call_command(
            "collectstatic", interactive=False, verbosity=0, ignore_patterns=["*.ttf", "admin"]
        )
        yield folder


def test_modules_find_each_other_under_their_hashed_names(collected):
    imports = 0
    for name in application.MODULES:
        file = collected / static(name).removeprefix("/static/")
        for one in re.findall(r"(?:from ?|import ?\(?)\"(\.[^\"]+)\"", file.read_text()):
            assert re.search(r"\.[0-9a-f]{12}\.js$", one), f"{name} imports {one}"
            assert (file.parent / one).exists(), f"{name} imports {one}"
            imports += 1
    assert imports > 20


def test_the_whole_door_is_a_small_download(client, collected):
    """Shell, styles, modules and pictures together, without the barcode reader."""
    sizes = {"shell": len(gzip.compress(client.get(SHELL).content))}
    for name in application.SHELL:
        file = collected / static(name).removeprefix("/static/")
        packed = file.with_name(file.name + ".gz")
        sizes[name] = (packed if packed.exists() else file).stat().st_size
    assert sum(sizes.values()) <= MOST_BYTES, sizes
