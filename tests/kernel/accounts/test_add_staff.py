"""`manage.py add_staff`, as other programs call it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from kernel.accounts.models import StaffRole, User
from kernel.notifications.models import Mail

pytestmark = pytest.mark.django_db


def add(*arguments):
    out = io.StringIO()
    call_command("add_staff", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_new_member_of_staff_is_told_by_mail():
    assert add("Olga@Hub.Test", "--role", "dispatcher") == {
        "staff": "olga@hub.test",
        "created": True,
    }
    assert not User.objects.get().has_usable_password()
    assert "/account/welcome/" in Mail.objects.get().body


def test_again_changes_nothing():
    add("olga@hub.test", "--role", "dispatcher")
    assert add("olga@hub.test", "--role", "dispatcher")["created"] is False
    assert StaffRole.objects.count() == Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["olga@hub.test", "--role", "boss"], "There is no role “boss”"),
        (["olga", "--role", "support"], "olga is not an e-mail address"),
        (["o@hub.test\nBcc: x@hub.test", "--role", "support"], "is not an e-mail address"),
        (["o@" + "h." * 130 + "test", "--role", "support"], "is not an e-mail address"),
    ],
)
def test_a_bad_call_is_one_line_and_writes_nothing(arguments, words):
    with pytest.raises(CommandError, match=words) as refused:
        add(*arguments)
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    assert not User.objects.exists()
