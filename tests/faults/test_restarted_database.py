"""PostgreSQL is restarted in the middle of booking and of a draft: what was committed is there, a
half is not, and asking again ends as if nothing had been."""

import json

import pytest

from tests.faults.processes import eventually, started, var_folder

pytestmark = [pytest.mark.fault, pytest.mark.campaign]


def test_restarts_in_the_middle_of_booking_and_of_a_draft():
    with (
        var_folder() as var,
        started("-m", "tests.faults.restart_process", var=var) as (process, said),
    ):
        assert eventually(lambda: process.poll() is not None, 300)
        words = said.read_text()
        assert process.returncode == 0, words
        found = json.loads(words.splitlines()[-1])
    assert found.pop("restarts") == 7
    assert [count % 4 for count in found.pop("fees")] == [0] * 4
    assert found == {
        "parts": 0,
        "all_fees": 40,
        "cents": 10 * (100 + 101 + 102 + 103),
        "same_hash": True,
        "clean": True,
    }
