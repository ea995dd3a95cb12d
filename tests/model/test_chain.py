"""Which circuits are chains, and what each part says about itself."""

import pytest

from lipon_eis.model import Circuit
from lipon_eis.model.chain import chain


def named(circuit, term):
    """The indices of a term as names of parameters."""
    indices = {key: getattr(term, key) for key in ("r", "q", "n", "tau", "inductance", "warburg")}
    return {key: circuit.names[index] for key, index in indices.items() if index is not None}


def test_each_part_knows_its_kind_and_its_parameters():
    circuit = Circuit("L0-R0-p(R1,CPE1)-p(C2,R2)-Zarc3-K4-Wo5-CPE6")
    found = [(term.kind, named(circuit, term)) for term in chain(circuit).terms]
    assert found == [
        ("inductance", {"inductance": "L0"}),
        ("resistance", {"r": "R0"}),
        ("arc", {"r": "R1", "q": "CPE1_0", "n": "CPE1_1"}),
        ("arc", {"r": "R2", "q": "C2"}),
        ("arc", {"r": "Zarc3_0", "tau": "Zarc3_1", "n": "Zarc3_2"}),
        ("arc", {"r": "K4_0", "tau": "K4_1"}),
        ("tail", {"r": "Wo5_0", "tau": "Wo5_1"}),
        ("tail", {"q": "CPE6_0", "n": "CPE6_1"}),
    ]


def test_terms_carry_symbols_names_and_slice_as_written():
    circuit = Circuit("R0-p(CPE1,R1)-W2")
    resistor, arc, tail = chain(circuit).terms
    assert (arc.symbols, arc.elements, arc.slice) == (("CPE", "R"), ("CPE1", "R1"), slice(1, 4))
    assert circuit.names[arc.r] == "R1"
    assert circuit.names[tail.warburg] == "W2"
    assert chain(circuit).of_kind("arc") == (arc,)
    assert resistor.slice == slice(0, 1)


@pytest.mark.parametrize("text", ["R0", "p(R1,C1)", "Zarc1", "CPE1"])
def test_a_single_part_is_a_chain_of_one(text):
    assert len(chain(Circuit(text)).terms) == 1


@pytest.mark.parametrize("symbol", ["C", "CPE", "W", "Wo", "Ws", "G", "Gs", "TLMQ", "T"])
def test_any_other_single_element_is_a_tail(symbol):
    assert chain(Circuit(f"R0-{symbol}1")).terms[1].kind == "tail"


@pytest.mark.parametrize(
    "text", ["R0-p(R1-Wo1,CPE1)", "R0-p(CPE1,R1,R2-CPE2)", "p(R1,R2)", "p(R1,L1)", "p(C1,CPE1)", "R0-p(R1,CPE1,C1)"]
)
def test_a_circuit_with_any_other_group_is_no_chain(text):
    assert chain(Circuit(text)) is None
