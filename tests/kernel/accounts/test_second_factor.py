"""A second step after the password: set up, asked for, encrypted, and needed by staff."""

import io
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from kernel.accounts.access import SecondFactorIsUnreadable, decrypted, has_role
from kernel.accounts.actions import encrypt_second_factors_anew
from kernel.accounts.models import User
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import PASSWORD, make_person, make_staff, show_again
from tests.kernel.accounts.factors import SECRET, code_now, give_app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def strict(settings):
    """Staff need a second factor, as in production."""
    settings.STAFF_NEED_SECOND_FACTOR = True


def sign_in(client, user, password=PASSWORD):
    return client.post("/account/login/", {"login": user.email, "password": password})


def raw_rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        return " ".join(row[0] for row in cursor.fetchall())


def set_up_app(client) -> str:
    """Turn an app on by the pages; its secret."""
    page = client.get("/account/2fa/totp/activate/").text
    secret = re.search(r"<code translate=\"no\">([A-Z2-7]+)</code>", page)[1]
    assert "data:image/svg+xml;base64," in page
    answer = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert answer.url == "/account/2fa/recovery-codes/"
    return secret


def test_an_app_is_set_up_and_asked_for_from_then_on(client, django_capture_on_commit_callbacks):
    rosa = make_person("Rosa")
    client.force_login(rosa)
    asked = client.get("/account/2fa/totp/activate/")
    assert asked.url.startswith("/account/reauthenticate/")
    show_again(client)
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(client)
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/account/2fa/recovery-codes/").text)
    assert len(codes) == 10
    assert Mail.objects.filter(to=rosa.email).exists()
    client.logout()
    cache.clear()
    assert sign_in(client, rosa).url == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/account/home/").status_code == 302
    assert "_auth_user_id" not in client.session
    client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert client.session["_auth_user_id"] == str(rosa.pk)


def test_a_code_of_the_app_counts_once(client, django_user_model):
    rosa = make_person("Rosa")
    give_app(rosa)
    code = code_now()
    for expected in (True, False):
        client.logout()
        sign_in(client, rosa)
        client.post("/account/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in client.session) is expected


def test_a_recovery_code_counts_once(client):
    rosa = make_person("Rosa")
    first, second, *_rest = give_app(rosa)
    for code, expected in ((first, True), (first, False), (second, True)):
        client.logout()
        sign_in(client, rosa)
        client.post("/account/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in client.session) is expected


def test_a_mailed_code_and_a_new_password_do_not_pass_the_second_step_by(client):
    rosa = make_person("Rosa")
    give_app(rosa)
    client.post("/account/login/code/", {"email": rosa.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", Mail.objects.last().body, re.M)[1]
    answer = client.post("/account/login/code/confirm/", {"code": code})
    assert answer.url == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    client.logout()
    client.post("/account/password/reset/", {"email": rosa.email})
    path = re.search(r"/account/password/reset/key/\S+", Mail.objects.last().body)[0]
    form = client.get(path).url
    new = "another horse battery"
    client.post(form, {"password1": new, "password2": new})
    assert "_auth_user_id" not in client.session
    assert sign_in(client, rosa, new).url == "/account/2fa/authenticate/"


def test_secrets_lie_encrypted(client):
    codes = give_app(make_person("Rosa"))
    raw = raw_rows()
    assert SECRET not in raw
    assert not any(code in raw for code in codes)
    assert raw.count("gAAAA") == 2


def test_keys_are_changed_while_people_sign_in(settings):
    rosa = make_person("Rosa")
    give_app(rosa)
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    for keys in ([old], [new, old]):
        settings.MFA_KEYS = keys
        out = io.StringIO()
        call_command("encrypt_second_factors", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"encrypted": 2}
    settings.MFA_KEYS, settings.SECRET_KEY = [new], "x" * 60
    app = Authenticator.objects.get(type="totp")
    assert app.wrap().validate_code(code_now())
    settings.MFA_KEYS = [old]
    with pytest.raises(SecondFactorIsUnreadable):
        decrypted(Authenticator.objects.get(type="totp").data["secret"])


def test_an_earlier_secret_key_still_opens_them(settings):
    give_app(make_person("Rosa"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 60
    assert decrypted(Authenticator.objects.get(type="totp").data["secret"]) == SECRET
    encrypt_second_factors_anew()
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypted(Authenticator.objects.get(type="totp").data["secret"]) == SECRET


def test_what_no_key_opens_is_said_in_a_sentence(client, settings):
    rosa = make_person("Rosa")
    give_app(rosa)
    sign_in(client, rosa)
    settings.MFA_KEYS = [Fernet.generate_key().decode()]
    Authenticator.objects.filter(type="totp").update(data={"secret": "nonsense"})
    answer = client.post("/account/2fa/authenticate/", {"code": "123456"})
    assert answer.status_code == 409
    assert "Call us" in answer.text


@pytest.mark.parametrize("address", ["/ops/", "/ops/people/", "/ops/payruns/", "/account/home/"])
def test_staff_set_a_second_factor_up_before_anything_else(client, strict, address):
    client.force_login(make_staff("Pavel", "admin"))
    answer = client.get(address, follow=True)
    assert answer.request["PATH_INFO"] == "/account/2fa/"
    assert "set up a second step first" in answer.text


def test_staff_without_one_change_nothing_and_hold_no_role(client, strict):
    pavel = make_staff("Pavel", "admin")
    client.force_login(pavel)
    form = {"email": "olga@hub.test", "name": "Olga", "role": "reviewer"}
    assert client.post("/ops/people/", form).url == "/account/2fa/"
    assert not User.objects.filter(email="olga@hub.test").exists()
    assert not has_role(pavel, "admin")


def test_recovery_codes_alone_are_no_second_factor(strict):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    pavel = make_staff("Pavel", "admin")
    RecoveryCodes.activate(pavel)
    assert pavel.lacks_second_factor


def test_staff_with_one_work(client, strict):
    pavel = make_staff("Pavel", "admin")
    client.force_login(pavel)
    show_again(client)
    set_up_app(client)
    assert client.get("/ops/people/").status_code == 200
    assert "set up a second step first" not in client.get("/account/2fa/").text


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/accounts/user/"])
def test_repairs_need_one_too(client, strict, address):
    root = make_person("Root", is_superuser=True, is_staff=True)
    client.force_login(root)
    assert client.get(address).url == "/account/2fa/"
    give_app(root)
    assert client.get(address, follow=True).status_code == 200


def test_a_stranger_still_finds_no_page(client, strict):
    client.force_login(make_person("Zed"))
    assert client.get("/ops/people/").status_code == 404
    assert client.get("/admin/accounts/user/").status_code == 404


def test_who_has_a_second_step_confirms_with_it_and_not_with_the_password(client):
    rosa = make_person("Rosa")
    first, *_rest = give_app(rosa)
    client.force_login(rosa)
    there = client.get("/account/2fa/totp/deactivate/").url
    assert there.startswith("/account/2fa/reauthenticate/")
    by_password = client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert by_password.url.startswith("/account/2fa/reauthenticate/")
    assert client.post("/account/2fa/totp/deactivate/").url.startswith("/account/2fa/reauth")
    assert Authenticator.objects.filter(type="totp").exists()
    client.post("/account/2fa/reauthenticate/", {"code": first})
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()


def reset(*arguments):
    out = io.StringIO()
    with translation.override("en"):  # whatever the page of a test before spoke
        call_command("reset_second_factor", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_lost_second_factor_is_taken_away_and_its_owner_told(client):
    rosa = make_person("Rosa", language="es")
    give_app(rosa)
    sign_in(client, rosa)
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert client.get("/account/2fa/").status_code == 200
    assert reset("Rosa@shop.test") == {"reset": "rosa@shop.test"}
    assert not Authenticator.objects.exists()
    assert client.get("/account/2fa/").status_code == 302
    assert Decision.objects.get(action="reset_second_factor").subject_id == str(rosa.pk)
    assert "/account/2fa/" in Mail.objects.last().body
    assert "_auth_user_id" not in client.session
    sign_in(client, rosa)
    assert client.session["_auth_user_id"] == str(rosa.pk)


@pytest.mark.parametrize(
    ("email", "words"),
    [("zed@shop.test", "has no second step"), ("nobody@shop.test", "Nobody here has the address")],
)
def test_nothing_to_take_away_is_refused(email, words):
    make_person("Zed")
    with pytest.raises(CommandError, match=words):
        reset(email)
    assert not Mail.objects.exists()
    assert not Decision.objects.exists()
