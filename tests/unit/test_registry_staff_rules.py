"""What staff may do with an entry, and what can be chosen when two become one."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.registry.freshness import stale_from
from portal.registry.merge_rules import (
    MERGE_FIELDS,
    MergeRefusal,
    columns_of,
    differing_fields,
    find_merge_refusal,
    suggested_fields,
)
from portal.registry.queries.administration import last_stale_day
from portal.registry.queries.figures import Period, period_between
from portal.registry.staff_steps import (
    StaffStep,
    StepRefusal,
    earliest_removal,
    find_step_refusal,
)
from portal.registry.states import (
    ASSOCIATION_TRANSITIONS,
    AssociationAction,
    AssociationKind,
    AssociationState,
)

ENROLLED, LISTED, REMOVED = (
    AssociationState.ENROLLED,
    AssociationState.LISTED,
    AssociationState.REMOVED,
)


@pytest.mark.parametrize(
    ("step", "state", "has_notice", "refusal"),
    [
        (StaffStep.GIVE_NOTICE, ENROLLED, False, None),
        (StaffStep.GIVE_NOTICE, LISTED, False, None),
        (StaffStep.GIVE_NOTICE, ENROLLED, True, StepRefusal.NOTICE_IS_RUNNING),
        (StaffStep.GIVE_NOTICE, REMOVED, False, StepRefusal.IS_REMOVED),
        (StaffStep.WITHDRAW_NOTICE, ENROLLED, True, None),
        (StaffStep.WITHDRAW_NOTICE, ENROLLED, False, StepRefusal.NO_NOTICE_IS_RUNNING),
        (StaffStep.REMOVE, ENROLLED, True, None),
        (StaffStep.REMOVE, REMOVED, False, StepRefusal.IS_REMOVED),
        (StaffStep.RESTORE, REMOVED, False, None),
        (StaffStep.RESTORE, LISTED, False, StepRefusal.IS_NOT_REMOVED),
        (StaffStep.CERTIFIED_EMAIL, LISTED, False, None),
        (StaffStep.CERTIFIED_EMAIL, REMOVED, False, StepRefusal.IS_REMOVED),
    ],
)
def test_a_step_follows_from_where_the_entry_is(step, state, has_notice, refusal):
    found = find_step_refusal(step, state=state, has_notice=has_notice, is_merged=False)
    assert found is refusal


@pytest.mark.parametrize("step", list(StaffStep))
def test_nothing_is_done_with_what_lives_on_under_another_entry(step):
    found = find_step_refusal(step, state=REMOVED, has_notice=False, is_merged=True)
    assert found is StepRefusal.IS_MERGED


def test_who_is_told_has_thirty_days():
    assert earliest_removal(date(2027, 1, 31)) == date(2027, 3, 2)


def test_who_comes_back_is_what_it_was():
    follow = ASSOCIATION_TRANSITIONS.follow
    assert follow(REMOVED, AssociationAction.RESTORE) is ENROLLED
    assert follow(REMOVED, AssociationAction.RELIST) is LISTED


@pytest.mark.parametrize(
    ("survivor", "duplicate", "refusal"),
    [
        ((1, ENROLLED), (2, LISTED), None),
        ((1, LISTED), (2, ENROLLED), None),
        ((1, LISTED), (1, LISTED), MergeRefusal.SAME),
        ((1, REMOVED), (2, LISTED), MergeRefusal.SURVIVOR_IS_REMOVED),
        ((1, LISTED), (2, REMOVED), MergeRefusal.DUPLICATE_IS_REMOVED),
    ],
)
def test_two_entries_become_one_only_while_both_are_there(survivor, duplicate, refusal):
    found = find_merge_refusal(
        survivor_id=survivor[0],
        survivor_state=survivor[1],
        duplicate_id=duplicate[0],
        duplicate_state=duplicate[1],
    )
    assert found is refusal


def entry(**values):
    columns = dict.fromkeys(column for group in MERGE_FIELDS.values() for column in group)
    own = {"name": "Circolo", "kind": AssociationKind.APS, "areas": [], "officers": []}
    return SimpleNamespace(**{**columns, **own, **values})


def test_there_is_to_choose_only_where_the_other_says_something_else():
    mine = entry(phone="1", email="a@example.org", description="Noi")
    theirs = entry(phone="2", email="a@example.org", website="https://example.org")
    assert differing_fields(mine, theirs) == ["telefono", "sito"]
    assert suggested_fields(mine, theirs) == ["sito"]


def test_empty_text_and_nothing_are_the_same():
    assert differing_fields(entry(acronym=""), entry(acronym=None)) == []


def test_what_belongs_together_is_chosen_together():
    assert columns_of(["sede"]) == ["municipality_code", "district_id", "address"]
    assert columns_of(["nome", "unknown"]) == ["name"]


@pytest.mark.parametrize(
    "today", [date(2027, 2, 28), date(2028, 2, 29), date(2026, 11, 24), date(2027, 3, 31)]
)
def test_the_list_and_the_mark_agree_on_what_is_stale(today):
    last = last_stale_day(today)
    assert stale_from(last) <= today
    assert stale_from(date.fromordinal(last.toordinal() + 1)) > today


def test_a_period_with_open_ends_is_the_last_year():
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    assert period_between(first, last) == period_between(last, first) == Period(first, last)
    assert period_between(None, date(2026, 12, 31)) == Period(date(2026, 1, 1), date(2026, 12, 31))
