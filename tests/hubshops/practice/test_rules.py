from hubshops.practice.rules import (
    PACKAGES,
    STILL_HERE,
    TO_DELIVER,
    Outcome,
    Step,
    next_stop,
    step_of,
    wrong_at_the_drop,
)

DAMAGED = [one.code for one in PACKAGES if one.is_damaged]


def test_twelve_packages_one_damaged_one_with_nobody_home():
    assert len(PACKAGES) == 12
    assert len(TO_DELIVER) == 11
    assert [one.at_the_drop for one in PACKAGES].count(Outcome.DAMAGED) == 1
    assert [one.at_the_door for one in TO_DELIVER].count(Outcome.NOBODY_HOME) == 1
    assert STILL_HERE == 1


def test_the_damaged_one_is_marked_and_no_other():
    assert wrong_at_the_drop(DAMAGED) is None
    assert wrong_at_the_drop([]).code == DAMAGED[0]
    assert wrong_at_the_drop([*DAMAGED, "PRACTICE-01"]).code == "PRACTICE-01"


def test_a_day_goes_from_the_van_over_the_doors_to_its_end():
    every = {one.code for one in TO_DELIVER}
    assert step_of(False, set(), False) == Step.COUNT_IN
    assert step_of(True, set(), False) == Step.DELIVER
    assert step_of(True, every - {"PRACTICE-12"}, False) == Step.DELIVER
    assert step_of(True, every, False) == Step.CLOSE
    assert step_of(True, every, True) == Step.DONE
    assert next_stop(set()).code == "PRACTICE-01"
    assert next_stop(every) is None
