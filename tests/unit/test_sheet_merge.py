"""Two people write in one project sheet at once: nobody's words are dropped unasked."""

import pytest

from portal.laboratories.policies import SHEET_TEXTS, merge_choices, merge_texts
from portal.registry.differences import Part

BEFORE = {name: f"Era {name}" for name in SHEET_TEXTS}
LONG = "Doposcuola tre pomeriggi alla settimana, con chi abita vicino. " * 400


def merged(theirs=(), mine=(), before=BEFORE):
    return merge_texts(before, {**before, **dict(theirs)}, {**before, **dict(mine)})


def test_nobody_changed_anything():
    merge = merged()
    assert dict(merge.texts) == BEFORE
    assert (merge.clashes, merge.taken) == ((), ())


@pytest.mark.parametrize("name", SHEET_TEXTS)
def test_both_changed_it_in_the_same_way(name):
    merge = merged({name: "Uguale"}, {name: "Uguale"})
    assert merge.texts[name] == "Uguale"
    assert (merge.clashes, merge.taken) == ((), ())


@pytest.mark.parametrize("name", SHEET_TEXTS)
def test_only_the_other_changed_it(name):
    merge = merged(theirs={name: "Loro"})
    assert merge.texts[name] == "Loro"
    assert (merge.clashes, merge.taken) == ((), (name,))


@pytest.mark.parametrize("name", SHEET_TEXTS)
def test_only_i_changed_it(name):
    merge = merged(mine={name: "Mio"})
    assert merge.texts[name] == "Mio"
    assert (merge.clashes, merge.taken) == ((), ())


@pytest.mark.parametrize("name", SHEET_TEXTS)
def test_both_changed_it_differently(name):
    merge = merged({name: "Loro"}, {name: "Mio"})
    assert merge.texts[name] == "Mio"
    [clash] = merge.clashes
    assert (clash.name, clash.before, clash.theirs, clash.mine) == (
        name,
        f"Era {name}",
        "Loro",
        "Mio",
    )
    assert merge.taken == ()


def test_each_in_another_text():
    merge = merged({"aims": "Loro"}, {"times": "Mio"})
    assert (merge.texts["aims"], merge.texts["times"]) == ("Loro", "Mio")
    assert (merge.clashes, merge.taken) == ((), ("aims",))


def test_clashes_stand_in_the_order_of_the_form():
    both = dict.fromkeys(("contact", "title", "actions"), "Loro")
    merge = merged(both, dict.fromkeys(both, "Mio"))
    assert [clash.name for clash in merge.clashes] == ["title", "actions", "contact"]


def test_emptied_by_the_other_alone_is_empty():
    merge = merged(theirs={"aims": ""})
    assert (merge.texts["aims"], merge.clashes, merge.taken) == ("", (), ("aims",))


def test_emptied_by_me_alone_is_empty():
    merge = merged(mine={"aims": ""})
    assert (merge.texts["aims"], merge.clashes) == ("", ())


@pytest.mark.parametrize(("theirs", "mine"), [("", "Mio"), ("Loro", "")])
def test_emptied_by_one_and_changed_by_the_other_is_a_clash(theirs, mine):
    merge = merged({"aims": theirs}, {"aims": mine})
    [clash] = merge.clashes
    assert (clash.theirs, clash.mine, merge.texts["aims"]) == (theirs, mine, mine)
    both = clash.their_pieces + clash.my_pieces
    assert [p.part for p in both].count(Part.GONE) == 2


def test_emptied_by_both_is_the_same_change():
    assert merged({"aims": ""}, {"aims": ""}).clashes == ()


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_a_browser_are_no_change(end):
    before = {**BEFORE, "actions": "Uno.\nDue."}
    merge = merged(mine={"actions": f"Uno.{end}Due."}, before=before)
    assert merge.texts["actions"] == "Uno.\nDue."
    merge = merged({"actions": "Loro."}, {"actions": f"Uno.{end}Due."}, before=before)
    assert (merge.texts["actions"], merge.clashes) == ("Loro.", ())
    merge = merged({"actions": "Uno.\nTre."}, {"actions": f"Uno.{end}Tre."}, before=before)
    assert merge.clashes == ()


def test_a_blank_line_more_is_a_change():
    before = {**BEFORE, "actions": "Uno.\nDue."}
    assert merged(mine={"actions": "Uno.\n\nDue."}, before=before).texts["actions"] == (
        "Uno.\n\nDue."
    )


def test_long_texts_are_merged_and_compared():
    before = {**BEFORE, "contents": LONG}
    merge = merged({"contents": LONG + "Anche il sabato."}, {"contents": "Poi. " + LONG},
                   before=before)  # fmt: skip
    [clash] = merge.clashes
    assert merge.texts["contents"] == "Poi. " + LONG
    for pieces, after in ((clash.their_pieces, clash.theirs), (clash.my_pieces, clash.mine)):
        assert "".join(p.text for p in pieces if p.part is not Part.NEW) == LONG
        assert "".join(p.text for p in pieces if p.part is not Part.GONE) == after


def test_what_each_side_changed_is_marked_word_by_word():
    before = {**BEFORE, "times": "Da ottobre a giugno."}
    merge = merged({"times": "Da ottobre a maggio."}, {"times": "Da settembre a giugno."},
                   before=before)  # fmt: skip
    [clash] = merge.clashes
    assert [p.text for p in clash.their_pieces if p.part is Part.NEW] == ["maggio."]
    assert [p.text for p in clash.my_pieces if p.part is Part.GONE] == ["ottobre"]


def test_a_text_that_was_never_saved_counts_as_empty():
    merge = merge_texts({}, {"aims": ""}, {"aims": "Mio"})
    assert (merge.texts["aims"], merge.clashes) == ("Mio", ())


def test_choices_keep_what_each_side_added_and_took_away():
    seen, chosen, now = frozenset({1, 2, 3}), frozenset({1, 3, 4}), frozenset({1, 2, 5})
    assert merge_choices(seen, chosen, now) == {1, 4, 5}
