"""Formulas: what stands in a document as a line of text becomes mathematics, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.physics import capacitance
from lipon_eis.report.formulas import between_dollars, formula, prose
from lipon_eis.report.methods import FORMULAS


def written(node) -> str:
    """Write a tree as text, every fraction and exponent in brackets: an independent way back."""
    if node is None:
        return ""
    kind, *rest = node
    if kind == "row":
        return "".join(map(written, rest))
    if kind == "group":
        return rest[0] + written(rest[1]) + rest[2]
    if kind == "frac":
        return f"{{{written(rest[0])}/{written(rest[1])}}}"
    if kind == "attach":
        base, below, above = map(written, rest)
        return base + (f"_{below}" if below else "") + (f"^[{above}]" if above else "")
    return rest[0]


def mathematics(segments) -> list[str]:
    return [written(content) for kind, content in segments if kind == "math"]


def words(segments) -> str:
    return "".join(content for kind, content in segments if kind == "text")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("σ = d/(R_bulk A)", "σ={d/(R_bA)}"),
        ("C = Q^(1/n) (1/R_e + 1/R)^((n−1)/n)", "C=Q^[{1/n}]({1/R_e}+{1/R})^[{(n−1)/n}]"),
        ("f = 1/(2π (RQ)^(1/n))", "f={1/(2π(RQ)^[{1/n}])}"),
        ("ε_r = C d/(ε0 A)", "ε_r=C{d/(ε_0A)}"),
        ("χ^2 = |Z − Z_fit|^2", "χ^[2]=|Z−Z_fit|^[2]"),
        ("a = b/c/d", "a={{b/c}/d}"),
        ("y = RQ^2", "y=RQ^[2]"),
    ],
)
def test_fractions_exponents_and_subscripts_are_those_of_the_formula(text, tree):
    assert mathematics(formula(text)) == [tree]


def test_a_remark_behind_a_formula_stays_prose():
    segments = formula("C = Q^(1/n) R^((1−n)/n), times 2: per side, over A")
    assert words(segments) == ", times 2: per side, over A"
    assert len(mathematics(segments)) == 1
    assert formula("τ of the diffusion element") == [["text", "τ of the diffusion element"]]


def test_symbols_in_a_sentence_are_set_and_names_of_parameters_are_not():
    segments = prose("ε_r of CPE1_0 beside R_gb, see film_R_b.csv")
    assert mathematics(segments) == ["ε_r", "R_gb"]
    assert words(segments) == " of CPE1_0 beside , see film_R_b.csv"


@pytest.mark.parametrize("text", [capacitance.HSU_MANSFELD, capacitance.BRUG, capacitance.BLOCKING])
def test_the_formulas_that_are_computed_are_read_whole(text):
    assert "".join(mathematics(formula(text))).count("{") == text.count("/")
    assert words(formula(text)) == ""


def test_the_formulas_of_the_methods_page_leave_no_mark_of_their_notation():
    for _, text in FORMULAS:
        assert not set("^_$") & set(words(between_dollars(text)))
        assert mathematics(between_dollars(text))


@given(st.text(alphabet="R_Q^(1/n)−=+|, aε0σ$", max_size=40))
def test_any_text_is_read_and_no_letter_is_lost(text):
    for read in (formula, prose):
        kept = "".join(content if kind == "text" else written(content) for kind, content in read(text))
        assert [c for c in kept if c in "RQnaεσ"] == [c for c in text if c in "RQnaεσ"]
