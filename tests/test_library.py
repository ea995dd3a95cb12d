"""The shipped circuits, a user's own files, and which of name, path and circuit string a text is."""

import pickle
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from lipon_eis.errors import InvalidCircuit, UnknownCircuit, UnknownParameter
from lipon_eis.library import NamedCircuit, circuit_names, circuits, load_circuit
from lipon_eis.model import Circuit
from lipon_eis.model.roles import PLACES, ROLES
from lipon_eis.stack import parse_stack

EXPECTED = {
    "lipon-blocking": "R0-p(R1,CPE1)-CPE2",
    "lipon-blocking-interface": "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "polycrystalline-blocking": "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "li-lipon-li": "R0-p(R1,CPE1)-p(R2,CPE2)",
    "li-lipon-lco": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
    "li-lipon-lco-two-arcs": "R0-p(R1,CPE1)-p(R2,CPE2)-Wo1",
    "cu-lipon-lco": "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "in-plane-blocking": "R0-p(R1,CPE1)-CPE2",
    "lco-lipon-lco": "R0-p(R1,CPE1)-p(R2,CPE2)-Wo1",
    "li-lipon-lco-cycled": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-Wo1",
    "li-lipon-lco-interlayer": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
    "li-lipon-li-layer": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
    "li-lipon-li-one-arc": "R0-p(R1,CPE1)",
    "li-lipon-lnm": "R0-p(R1,CPE1)-p(R2,CPE2)",
    "lipon-leaky": "R0-p(R2,p(R1,CPE1)-CPE2)",
    "lipon-shorted": "R0-p(R1,CPE1)",
    "polycrystalline-blocking-interface": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4",
}
every_circuit = pytest.mark.parametrize("name", sorted(EXPECTED))

FILE = """
format = 1
name = "mine"
title = "A film of mine"
circuit = "R0-p(R1,CPE1)-Wo1"
use-when = "always"
kinds = ["blocking"]
family = "polycrystalline"

[R1]
role = "bulk.resistance"
answer = true
sides = 2
r = { bounds = [1, 1e9] }

[CPE1]
role = "bulk.capacitance"
n = { bounds = [0.7, 1.0] }

[Wo1]
role = "diffusion"
tau = { bounds = [0.1, 10] }

[[reference]]
cite = "Someone (2020)"
doi = "10.0/0"
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_shipped_circuits_are_these():
    assert {name: load_circuit(name).circuit.text for name in circuit_names()} == EXPECTED


@every_circuit
def test_a_shipped_circuit_says_what_it_is_for(name):
    named = load_circuit(name)
    assert named.name == name == named.source.stem
    assert named.title
    assert named.use_when
    assert named.kinds
    assert named.references
    assert set(named.roles) == set(named.circuit.names)
    assert set(named.roles.values()) <= set(ROLES)
    assert "R1" in named.answers
    assert all(named.roles[answer].endswith(".resistance") for answer in named.answers)


@every_circuit
def test_the_bulk_arc_comes_first_and_every_exponent_is_bounded(name):
    named = load_circuit(name)
    assert named.roles["R0"] == "lead.resistance"
    assert named.roles["R1"] == ("leak.resistance" if name == "lipon-shorted" else "bulk.resistance")
    exponents = [p.name for p in named.circuit.parameters if p.quantity == "exponent"]
    assert {n: named.bounds[n] for n in exponents} == {n: (0.7 if n == "CPE1_1" else 0.4, 1.0) for n in exponents}


@every_circuit
def test_a_shipped_circuit_can_be_simulated(name):
    circuit = load_circuit(name).circuit
    typical = {"resistance": 100.0, "admittance": 1e-6, "exponent": 0.9, "time": 1.0}
    z = circuit.impedance(np.logspace(6, -2, 20), [typical[p.quantity] for p in circuit.parameters])
    assert (z.real > 0).all()
    assert (z.imag < 0).all()


def test_interface_film_and_grain_boundary_are_one_topology_in_unlike_films():
    film, grain = load_circuit("lipon-blocking-interface"), load_circuit("polycrystalline-blocking")
    assert film.circuit.topology() == grain.circuit.topology()
    assert grain.polycrystalline
    assert not film.polycrystalline


def test_circuits_of_one_topology_differ_in_roles_or_in_sides():
    meanings = [
        (named.circuit.topology(), frozenset(named.roles.values()), frozenset(named.sides.items()))
        for named in circuits()
    ]
    assert len(set(meanings)) == len(circuits())


@pytest.mark.parametrize(
    ("stack", "name"),
    [("Pt/LiPON/Pt", "lipon-blocking"), ("Li/LiPON/Li", "li-lipon-li"), ("Li/LiPON/LCO", "li-lipon-lco")],
)
def test_kinds_are_those_that_a_stack_calls_itself(stack, name):
    assert parse_stack(stack).kind in load_circuit(name).kinds


def test_both_lithium_sides_share_one_arc():
    named = load_circuit("li-lipon-li")
    assert named.sides == {"anode_interface": 2}
    assert [named.sides_of(p) for p in ("R1", "R2", "CPE2_0")] == [1, 2, 2]


def test_the_readme_beside_the_files_names_every_place():
    readme = (files("lipon_eis.circuits") / "README.md").read_text(encoding="utf-8")
    assert all(f"`{place}`" in readme for place in PLACES)


def test_a_file_of_ones_own_is_read_in_full(write):
    path = write(FILE)
    named = load_circuit(str(path))
    assert (named.name, named.title, named.use_when) == ("mine", "A film of mine", "always")
    assert named.circuit == Circuit("R0-p(R1,CPE1)-Wo1")
    assert named.roles == {
        "R1": "bulk.resistance",
        "CPE1_0": "bulk.capacitance",
        "CPE1_1": "bulk.capacitance",
        "Wo1_0": "diffusion.resistance",
        "Wo1_1": "diffusion.time",
    }
    assert named.places == {"R1": "bulk", "CPE1": "bulk", "Wo1": "diffusion"}
    assert named.answers == {"R1"}
    assert named.bounds == {"R1": (1, 1e9), "CPE1_1": (0.7, 1), "Wo1_1": (0.1, 10)}
    assert named.sides == {"bulk": 2}
    assert named.kinds == ("blocking",)
    assert [(r.cite, r.doi) for r in named.references] == [("Someone (2020)", "10.0/0")]
    assert named.source == path
    assert load_circuit(path) == named


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title =", "titel =", "unknown key or element 'titel'; did you mean title"),
        ("[R1]", "[R7]", "unknown key or element 'R7'; did you mean R"),
        ("role = ", "rôle = ", "no TOML file"),
        ("answer = true", "anser = true", "unknown key in \\[R1\\] 'anser'; did you mean answer"),
        ('"bulk.resistance"', '"bulk.resistence"', "did you mean bulk.resistance"),
        ('"bulk.resistance"', '"electrode.capacitance"', "R1 has no capacitance"),
        ("answer = true", 'answer = "yes"', "\\[R1\\] answer must be true or false, found 'yes'"),
        ("sides = 2", "sides = 3", "sides must be 1 or 2, found 3"),
        ("sides = 2", "sides = true", "sides must be 1 or 2"),
        ("[0.7, 1.0]", "[0.7, 1.2]", "\\[CPE1\\] n: bounds must be two rising numbers between 0 and 1"),
        ("[0.7, 1.0]", "[1.0, 0.7]", "two rising numbers"),
        ("n = { bounds", "m = { bounds", "unknown key in \\[CPE1\\] 'm'"),
        ("n = { bounds", "n = { bound", "must be { bounds = \\[low, high\\] }"),
        ("format = 1", "format = 2", "format = 2 is not known"),
        ("format = 1\n", "", "'format' is missing"),
        ("R0-p(R1,CPE1)-Wo1", "R0-p(R1,CPE1-Wo1", "expected '-', ',' or '\\)', found the end"),
        ('["blocking"]', '["bloking"]', "unknown value of kinds: 'bloking'; did you mean blocking"),
        ('"polycrystalline"', '"crystal"', "unknown value of family: 'crystal'"),
        ("cite =", "site =", "a \\[\\[reference\\]\\] needs a cite"),
        ('role = "diffusion"', 'answer = 1\nrole = "diffusion"', "answer must be true or false, found 1"),
        ("[CPE1]\n", "[CPE1]\nanswer = true\n", "CPE1 has none"),
        ("[CPE1]\n", "[CPE1]\nsides = 1\n", "contradicts"),
        ('title = "A film of mine"', "R0 = 5", "R0 must be a table"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_name_and_the_remedy(write, old, new, words):
    path = write(FILE.replace(old, new, 1))
    with pytest.raises(InvalidCircuit, match=words) as caught:
        load_circuit(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"= = ="])
def test_a_file_that_is_no_circuit_file_is_refused(tmp_path, content):
    path = tmp_path / "junk.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidCircuit, match=r"junk\.toml"):
        load_circuit(path)


def test_a_circuit_string_is_taken_as_it_is():
    named = load_circuit(" R0 - p(R1, CPE1) ")
    assert (named.name, named.circuit) == ("R0-p(R1,CPE1)", Circuit("R0-p(R1,CPE1)"))
    assert (named.roles, named.answers, named.source) == ({}, frozenset(), None)
    assert load_circuit(named.circuit) == named == load_circuit(named)


def test_roles_given_beside_are_added_and_replace():
    assert load_circuit("R0-p(R1,CPE1)", roles={"R1": "bulk.resistance"}).roles == {"R1": "bulk.resistance"}
    changed = load_circuit("lipon-blocking-interface", roles={"R2": "grain_boundary", "CPE2": "grain_boundary"})
    assert changed.roles["R2"] == "grain_boundary.resistance"
    assert changed.roles["R1"] == "bulk.resistance"
    assert changed.answers == {"R1"}
    with pytest.raises(UnknownParameter, match="R9"):
        load_circuit("lipon-blocking", roles={"R9": "bulk"})


@pytest.mark.parametrize("text", ["lipon-bloking", "lipon_blocking", "Lipon-Blocking", "blocking-lipon"])
def test_a_misspelt_name_is_an_unknown_circuit_with_the_nearest(text):
    with pytest.raises(UnknownCircuit, match=r"did you mean .*lipon-blocking"):
        load_circuit(text)


@pytest.mark.parametrize("text", ["li-lipon-lco3", "film", "nothing/like/this", "no such thing"])
def test_any_other_word_is_an_unknown_circuit(text):
    with pytest.raises(UnknownCircuit, match=r"known: .*li-lipon-lco,"):
        load_circuit(text)


@pytest.mark.parametrize(
    ("text", "position"),
    [("R0-p(R1,CPE1", 12), ("R0-p(R1,CPE1)-Q2", 14), ("R0-Q1", 3), ("r0-c1", 0), ("R0-", 3), ("R1,C1", 2), ("", 0)],
)
def test_a_circuit_string_with_a_mistake_is_pointed_at(text, position):
    with pytest.raises(InvalidCircuit) as caught:
        load_circuit(text)
    assert caught.value.position == position


@pytest.mark.parametrize("spec", ["lipon-bloking.toml", Path("lipon-bloking.toml"), "here/lipon-bloking.TOML"])
def test_a_file_that_is_not_there_is_an_unknown_circuit(spec):
    with pytest.raises(UnknownCircuit, match=r"no circuit file .*did you mean lipon-blocking"):
        load_circuit(spec)


def test_a_named_circuit_travels_to_other_processes_and_cannot_be_changed():
    named = load_circuit("li-lipon-li")
    copy = pickle.loads(pickle.dumps(named))
    assert isinstance(copy, NamedCircuit)
    assert copy == named
    assert hash(copy) == hash(named)
    with pytest.raises(TypeError):
        copy.roles["R1"] = "lead.resistance"
