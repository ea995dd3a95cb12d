"""lipon-eis circuits: the library, and one circuit in full."""

import json

import pytest

from lipon_eis.cli.drawing import drawing
from lipon_eis.library import circuit_names
from lipon_eis.model.circuit import Circuit


def test_every_circuit_is_listed(run):
    listed = run("circuits").stdout
    assert all(name in listed for name in circuit_names())


def test_json_lists_them_with_their_parameters(run):
    shown = json.loads(run("circuits", "--json").stdout)
    assert shown["schema"] == "lipon-eis/circuits/1"
    assert [circuit["name"] for circuit in shown["circuits"]] == list(circuit_names())


def test_one_in_full_has_string_drawing_roles_limits_answers_use_and_references(run):
    text = run("circuits", "lipon-blocking").stdout
    for piece in (
        "R0-p(R1,CPE1)-CPE2",
        "─ R0 ─┬── R1 ──┬─ CPE2 ─",
        "bulk.resistance",
        "0.7 to 1",
        "answer",
        "Use when: Pt/LiPON/Pt",
        "ChemElectroChem",
    ):
        assert piece in text


def test_sides_are_told_where_an_arc_stands_for_two(run):
    circuit = json.loads(run("circuits", "li-lipon-li", "--json").stdout)["circuits"][0]
    assert {p["name"]: p["sides"] for p in circuit["parameters"] if p["answer"]}["R2"] == 2


def test_a_circuit_string_is_shown_too(run):
    (circuit,) = json.loads(run("circuits", "R0-Wo1", "--json").stdout)["circuits"]
    assert [(p["name"], p["unit"], p["bounds"]) for p in circuit["parameters"]] == [
        ("R0", "ohm", [0.0, None]),
        ("Wo1_0", "ohm", [0.0, None]),
        ("Wo1_1", "s", [0.0, None]),
    ]


def test_an_unknown_name_lists_the_nearest(run):
    result = run("circuits", "lipon-blokcing")
    assert result.exit_code == 2
    assert "did you mean lipon-blocking" in result.stderr


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("R0", ["─ R0 ─"]),
        ("R0-p(R1,CPE1)-CPE2", ["─ R0 ─┬── R1 ──┬─ CPE2 ─", "      └─ CPE1 ─┘"]),
        ("p(R1,C1,L1)", ["┬─ R1 ─┬", "├─ C1 ─┤", "└─ L1 ─┘"]),
        ("p(R1-p(R2,C2),C1)", ["┬─ R1 ─┬─ R2 ─┬┬", "│      └─ C2 ─┘│", "└───── C1 ─────┘"]),
    ],
)
def test_a_drawing(text, lines):
    assert [line.rstrip() for line in drawing(Circuit(text).tree)] == lines


def test_every_drawing_is_a_rectangle_that_names_every_element_once():
    for name in [*circuit_names(), "p(R1,p(R2,p(C3,R4)-Wo1)-L5,CPE6)-Gs7"]:
        from lipon_eis.library import load_circuit

        circuit = load_circuit(name).circuit
        lines = drawing(circuit.tree)
        assert len({len(line) for line in lines}) == 1
        words = " ".join(lines).replace("─", " ").split()
        assert sorted(word for word in words if word[0].isalpha()) == sorted(circuit.elements)
