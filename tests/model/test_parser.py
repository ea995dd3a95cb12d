"""What the parser takes, what it refuses, and where it points."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.errors import InvalidCircuit
from lipon_eis.model import ELEMENTS, Circuit
from lipon_eis.model.tree import Leaf, Parallel, Series


@st.composite
def circuit_texts(draw):
    """A random circuit of up to a dozen elements, none named twice."""
    shape = draw(
        st.recursive(
            st.sampled_from(sorted(ELEMENTS)),
            lambda part: st.lists(part, min_size=2, max_size=3).flatmap(
                lambda parts: st.sampled_from([("-", parts), ("p", parts)])
            ),
            max_leaves=12,
        )
    )
    count = iter(range(100))

    def write(node):
        if isinstance(node, str):
            return f"{node}{next(count)}"
        joint, parts = node
        written = [write(part) for part in parts]
        return "-".join(written) if joint == "-" else f"p({','.join(written)})"

    return write(shape)


def test_the_tree_is_what_the_text_says():
    tree = Circuit("R0-p(R1-Wo1,CPE1)").tree
    assert isinstance(tree, Series)
    resistor, group = tree.children
    assert resistor == Leaf("R0", ELEMENTS["R"], slice(0, 1))
    assert isinstance(group, Parallel)
    assert group.slice == slice(1, 6)
    branch, cpe = group.children
    assert branch == Series((Leaf("R1", ELEMENTS["R"], slice(1, 2)), Leaf("Wo1", ELEMENTS["Wo"], slice(2, 4))))
    assert cpe == Leaf("CPE1", ELEMENTS["CPE"], slice(4, 6))


@given(circuit_texts())
def test_a_circuit_parses_back_to_its_own_text(text):
    assert Circuit(text).text == text
    assert Circuit(Circuit(text).text) == Circuit(text)


@given(circuit_texts(), st.data())
def test_spaces_mean_nothing_between_words(text, data):
    gap = st.sampled_from(["", " ", "\t"])
    spread = "".join(data.draw(gap) + c + data.draw(gap) if c in "-,()" else c for c in text)
    assert Circuit(spread) == Circuit(text)


@given(circuit_texts(), st.data())
def test_a_text_cut_anywhere_parses_or_is_refused_at_a_place_within_it(text, data):
    cut = text[: data.draw(st.integers(0, len(text)))]
    try:
        read = Circuit(cut).text
    except InvalidCircuit as error:
        refused_at = error.position
    else:
        refused_at = len(cut)
        assert read == cut
    assert 0 <= refused_at <= len(cut)


@given(st.text(alphabet="Rp(),-C1 _W", max_size=20))
def test_a_text_is_a_circuit_or_an_invalid_circuit_and_nothing_else(text):
    with contextlib.suppress(InvalidCircuit):
        assert Circuit(text).text == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "expected an element such as R1 or p(…), found the end"),
        ("R0-", 3, "expected an element such as R1 or p(…), found the end"),
        ("R0-p(R1,,C1)", 8, "expected an element such as R1 or p(…), found ','"),
        ("R0-(R1,C1)", 3, "expected an element such as R1 or p(…), found '('"),
        ("R0 - 1", 5, "expected an element such as R1 or p(…), found '1'"),
        ("R0-p(R1,C1", 10, "expected '-', ',' or ')', found the end"),
        ("R0-p(R1;C1)", 7, "expected '-', ',' or ')', found ';'"),
        ("R0-p(R1,C1))", 11, "expected '-' or the end, found ')'"),
        ("R0,R1", 2, "expected '-' or the end, found ','"),
        ("R0 R1", 3, "expected '-' or the end, found 'R'"),
        ("R0–C1", 2, "expected '-' or the end, found '–'"),
        ("p R1", 2, "expected '(' after p"),
        ("R0-Qpe1", 3, "did you mean CPE"),
        ("R0-Q1", 3, "there is no element 'Q'; did you mean CPE"),
        ("R0-r1", 3, "did you mean R"),
        ("R0-p(R1)", 3, "at least two branches, found only R1"),
        ("R0-p(R1,C1)-R0", 12, "R0 stands twice, at 0 and at 12"),
        ("R_ct", 1, "expected '-' or the end, found '_'"),
    ],
)
def test_a_refusal_points_at_the_character_and_says_what_was_expected(text, position, words):
    with pytest.raises(InvalidCircuit) as caught:
        Circuit(text)
    assert caught.value.position == position
    assert words in caught.value.problem
    assert str(caught.value).splitlines()[-1].index("^") == position + 2


def test_elements_need_no_number_and_may_take_an_underscore_as_in_impedance_py(peer):
    circuit = Circuit("R0-p(R_1,CPE)")
    assert circuit.names == ("R0", "R_1", "CPE_0", "CPE_1")
    f = [1.0, 1e3]
    assert circuit.impedance(f, [1, 20, 1e-5, 0.9]) == pytest.approx(
        peer(circuit.text, f, [1, 20, 1e-5, 0.9]), rel=1e-12
    )


def test_brackets_without_end_are_refused_before_they_fill_the_stack():
    with pytest.raises(InvalidCircuit, match="at most 100 groups"):
        Circuit("p(" * 100_000)


def test_what_is_no_text_is_refused_by_our_own_error():
    with pytest.raises(InvalidCircuit, match="found int"):
        Circuit(12)
