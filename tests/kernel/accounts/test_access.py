"""Who holds a role, and who passes a guard."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse

from kernel.accounts.access import has_role, staff_required
from tests.factories import make_person, make_staff

pytestmark = pytest.mark.django_db


def test_roles_open_what_they_name():
    olga = make_staff("Olga", "reviewer", "support")
    assert has_role(olga, "reviewer")
    assert has_role(olga, "dispatcher", "support")
    assert not has_role(olga, "finance_approver")
    assert has_role(olga)


def test_admins_and_superusers_hold_every_role():
    assert has_role(make_staff("Pavel", "admin"), "finance_approver")
    assert has_role(make_person("Root", is_superuser=True), "reviewer")


def test_strangers_anonymous_and_inactive_people_hold_none():
    assert not has_role(make_person("Zed"))
    assert not has_role(AnonymousUser(), "reviewer")
    assert not has_role(make_staff("Olga", "admin", is_active=False), "reviewer")
    assert not has_role(make_person("Root", is_superuser=True, is_active=False))


def test_roles_are_read_once_a_request(django_assert_num_queries):
    olga = make_staff("Olga", "reviewer")
    with django_assert_num_queries(1):
        assert has_role(olga, "reviewer")
        assert not has_role(olga, "support")


@staff_required("reviewer")
def view(request):
    return HttpResponse("the queue")


def ask(rf, user):
    request = rf.get("/ops/applications/?status=waiting")
    request.user = user
    return view(request)


def test_the_guard_lets_the_role_in(rf):
    assert ask(rf, make_staff("Olga", "reviewer")).content == b"the queue"


def test_the_guard_sends_anonymous_people_to_sign_in(rf):
    answer = ask(rf, AnonymousUser())
    assert answer.status_code == 302
    assert answer.url == "/account/login/?next=/ops/applications/%3Fstatus%3Dwaiting"


@pytest.mark.parametrize("roles", [(), ("support",)])
def test_the_guard_shows_no_such_page_to_everybody_else(rf, roles):
    user = make_staff("Olga", *roles) if roles else make_person("Zed")
    with pytest.raises(Http404):
        ask(rf, user)
