"""Which spectra are from before, and which from after."""

from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.sample import Sample
from lipon_eis.states import states_of


def names(*samples):
    return [state.name for state in states_of(samples)[0]]


def test_what_is_called_as_made_comes_first_whatever_the_order_of_reading():
    for word in ("as-deposited", "As deposited", "fresh", "before anneal", "pristine", "as made"):
        assert names(Sample(state="annealed"), Sample(state=word)) == [word, "annealed"]


def test_a_state_without_an_anneal_comes_before_one_with():
    hot, cold = Sample(state="B", anneal_temperature=473.15), Sample(state="C")
    assert names(hot, cold) == ["C", "B"]
    assert names(Sample(state="x", anneal_temperature=573.15), hot, cold) == ["C", "B", "x"]


def test_the_lower_cycle_comes_first():
    assert names(Sample(state="old", cycle=100), Sample(state="young", cycle=1)) == ["young", "old"]


def test_else_the_order_of_the_sheet_counts_and_not_that_of_reading():
    late = Sample(state="a", origin={"state": "sheet row 9"})
    early = Sample(state="b", origin={"state": "sheet row 2"})
    assert names(late, early) == ["b", "a"]


def test_without_a_state_the_anneal_tells_and_none_is_a_state():
    samples = Sample(anneal_temperature=473.15, anneal_time=1800), Sample()
    states, silent = states_of(samples)
    assert [state.name for state in states] == ["not annealed", "annealed at 200 °C for 30 min"]
    assert [state.members for state in states] == [(1,), (0,)]
    assert silent == ()


def test_without_state_and_anneal_the_cycle_tells_and_one_without_tells_nothing():
    states, silent = states_of([Sample(cycle=50), Sample(cycle=0), Sample()])
    assert [state.name for state in states] == ["cycle 0", "cycle 50"]
    assert silent == (2,)


def test_where_some_rows_say_a_state_the_others_are_named_as_silent():
    states, silent = states_of([Sample(state="fresh"), Sample(cycle=3), Sample(state="Fresh")])
    assert [state.members for state in states] == [(0, 2)]
    assert silent == (1,)


@given(st.permutations(["fresh", "annealed", "cycled", "aged"]))
def test_the_first_state_does_not_depend_on_the_order_of_reading(words):
    assert names(*(Sample(state=word) for word in words))[0] == "fresh"
