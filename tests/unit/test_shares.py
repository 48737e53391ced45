from hypothesis import given
from hypothesis import strategies as st

from portal.core.shares import percents_of


def test_rounded_shares_add_up_to_the_whole():
    assert percents_of([3200, 2400, 600]) == [51, 39, 10]
    assert percents_of([1, 1, 1]) == [34, 33, 33]
    assert percents_of([0, 0]) == [0, 0]
    assert percents_of([]) == []


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_no_share_is_a_whole_per_cent_off(parts):
    percents = percents_of(parts)
    assert sum(percents) == (100 if sum(parts) else 0)
    assert all(abs(100 * part - p * sum(parts)) < sum(parts) or not sum(parts)
               for part, p in zip(parts, percents, strict=True))  # fmt: skip
