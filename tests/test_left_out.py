"""What a run leaves out, and what it does not."""

import pytest

from tests.left_out import reason_to_leave_out


def test_what_is_long_is_left_to_the_campaign_and_named():
    reason = reason_to_leave_out({"campaign"}, wanted="")
    assert reason == "they are long and left to `make campaign`"


@pytest.mark.parametrize(("markers", "wanted"), [({"campaign"}, "campaign"), (set(), "")])
def test_the_campaign_runs_what_is_long_and_the_suite_all_else(markers, wanted):
    assert reason_to_leave_out(markers, wanted) is None
