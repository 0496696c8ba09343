"""Two sweeps look at the same packages."""

import pytest

from hubshops.packages.rules import State
from hubshops.recipients.actions import tell_recipients
from hubshops.recipients.models import RecipientMessage
from kernel.jobs.models import Job
from kernel.notifications.models import Text
from tests.factories import make_member, make_packages, make_shop
from tests.hubshops.recipients.test_actions import LOADED, PHONE, act, switch
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_sweeps_tell_each_recipient_once(settings):
    settings.TEXTS_URL = "console://"
    shop = make_shop()
    switch(shop)
    rosa = make_member(shop, "Rosa")
    for package in make_packages(20, shop=shop, state=State.AT_SHOP, phone=PHONE):
        act(package, rosa, "load", LOADED)
    answers = at_once(*[lambda: tell_recipients(at=LOADED)] * 3)
    assert sorted(answers) == [0, 0, 20]
    assert RecipientMessage.objects.count() == Text.objects.count() == Job.objects.count() == 20
