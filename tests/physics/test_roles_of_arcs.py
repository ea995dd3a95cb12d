"""Roles with their confidence, from what the arcs are once normalised."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fits import make_fit

import lipon_eis as le
from lipon_eis.fitting.result import Rival
from lipon_eis.library import load_circuit
from lipon_eis.physics.assignment import assign
from lipon_eis.physics.plausibility import Normalised, Window, belongs, log_density
from lipon_eis.physics.sides import sides_of
from lipon_eis.sample import Sample

EPS0 = 8.8541878128e-12
CELL = load_circuit("li-lipon-lco")
SYMMETRIC = load_circuit("li-lipon-li")
AREA = 1e-4


def values(named, arcs, rest=(5.0,), tail=()):
    """Circuit values from (R, C) of ideal arcs."""
    return [*rest, *(v for r, c in arcs for v in (r, c, 1.0)), *tail]


def bulk(d, sigma=2e-4, eps=17.0):
    return d / (sigma * AREA), eps * EPS0 * AREA / d


def assigned(named, arcs, sample, **how):
    tail = (100.0, 10.0) if named is CELL else ()
    sides = sides_of(named.sides, sample)
    return assign(make_fit(named.circuit.text, values(named, arcs, tail=tail)), named.roles, sample, sides=sides, **how)


def by_role(found):
    return {arc.role: arc for arc in found.roles}


def test_a_clear_cell_is_certain_with_reasons_in_words():
    d = 1e-6
    arcs = [bulk(d), (20.0, 2e-6), (400.0, 5e-6)]
    found = assigned(CELL, arcs, Sample(thickness=d, area=AREA))
    roles = by_role(found)
    assert [arc.verdict for arc in roles.values()] == ["certain"] * 3
    assert "within 10 to 40" in roles["bulk"].reasons[0]
    assert "µF/cm²" in roles["charge_transfer"].reasons[0]
    assert not found.mistake


def test_a_bulk_of_15_nm_is_told_by_its_permittivity_though_another_arc_has_the_smaller_capacitance():
    """980 nF/cm² of bulk against an interface of 120 nF/cm² per side: raw capacitances would have it wrong."""
    d = 15e-9
    film, interface = bulk(d), (40.0, 0.06e-6)
    found = assigned(SYMMETRIC, sorted([film, interface], key=np.prod), Sample(thickness=d, area=AREA))
    assert found.fit.values["R1"] == pytest.approx(film[0])
    without = assigned(SYMMETRIC, sorted([film, interface], key=np.prod), Sample())
    assert without.fit.values["R1"] == pytest.approx(interface[0])


def test_two_arcs_that_could_both_be_either_are_not_told():
    d = 30e-9  # ε_r 17 is 0.5 µF/cm², as an interface has it
    found = assigned(SYMMETRIC, [bulk(d), (300.0, 0.4e-6)], Sample(thickness=d, area=AREA))
    assert not found.clear
    assert by_role(found)["bulk"].verdict in ("likely", "cannot tell")


@pytest.mark.parametrize(("factor", "word"), [(1e-3, "thickness 1000 times as large"), (1e3, "1000 times as small")])
def test_a_thickness_in_the_wrong_unit_neither_moves_the_bulk_nor_passes(factor, word):
    d = 1e-6
    arcs = [bulk(d), (20.0, 2e-6), (400.0, 5e-6)]
    found = assigned(CELL, arcs, Sample(thickness=d * factor, area=AREA))
    assert found.fit.values["R1"] == pytest.approx(arcs[0][0])
    assert word in found.mistake


def test_anode_and_cathode_are_exchanged_where_their_resistances_say_so():
    """A slow Li side of 3 Ω cm² and a fast cathode of 5 kΩ cm² cannot be: the order of frequencies gives way."""
    d = 1e-6
    film, cathode, anode = bulk(d), (5e3, 0.2e-6), (300.0, 15e-6)
    plain = assigned(CELL, [film, cathode, anode], Sample(thickness=d, area=AREA))
    assert by_role(plain)["charge_transfer"].verdict in ("certain", "likely")
    assert plain.fit.values["R3"] == pytest.approx(5e3)


def test_an_arc_that_the_data_do_not_determine_is_never_certain():
    d = 1e-6
    text = values(SYMMETRIC, [bulk(d), (20.0, 4e-6)])
    fit = make_fit(SYMMETRIC.circuit.text, text, relative=np.array([0.01, 0.01, 0.01, 0.01, 0.6, 0.6, 0.1]))
    found = by_role(assign(fit, SYMMETRIC.roles, Sample(thickness=d, area=AREA)))
    assert found["anode_interface"].verdict == "cannot tell"
    assert any("not determined" in reason for reason in found["anode_interface"].reasons)
    assert found["bulk"].verdict == "certain"


def test_a_single_arc_that_looks_like_an_interface_contradicts_the_circuit():
    s = le.simulate("lipon-blocking", [5.0, 4e3, 2e-6, 0.97, 1e-3, 0.9], np.logspace(5, -2, 60), noise=0.002, seed=1)
    result = le.fit(s, "lipon-blocking", thickness="1 um", area="1 cm2")
    (found,) = [r for r in result.reasons if r.code == "role-contradicted"]
    assert found.level == "check"
    assert "an interface" in found.message
    (arc,) = result.to_dict()["arcs"]
    assert arc["contradiction"] == "an interface"
    assert arc["confidence"] is None


def test_sides_follow_the_circuit_file_or_the_same_metal_on_both_sides():
    assert sides_of({"anode_interface": 2}, Sample()) == {"anode_interface": 2}
    assert sides_of({}, Sample(stack="Pt/LiPON/Pt")) == {"electrode": 2}
    assert sides_of({}, Sample(stack="Li/LiPON/LCO")) == {}


def test_of_two_equal_blocking_contacts_each_has_twice_the_capacitance_of_both():
    s = le.simulate("lipon-blocking", [12.0, 4e3, 3e-10, 0.95, 1.4e-6, 0.88], np.logspace(6.5, -1, 60), 0.002, seed=1)
    one, two = (le.fit(s, "lipon-blocking", sample=le.Sample(stack=st)) for st in ("TiN/LiPON/Au", "Au/LiPON/Au"))
    ratio = two.derived["capacitance_electrode"].value / one.derived["capacitance_electrode"].value
    assert ratio == pytest.approx(2)
    assert "per side" in two.derived["capacitance_electrode"].formula


def test_a_window_s_density_has_unit_area():
    window = Window(10.0, 40.0, 0.35)
    x = np.linspace(np.log(1e-5), np.log(1e7), 20001)  # twelve decades, over which the strange ones are spread
    density = np.exp([window.log_density(v) for v in np.exp(x)])
    assert np.trapezoid(density, x) == pytest.approx(1, rel=1e-3)


def test_the_share_below_a_limit_is_the_density_summed_and_the_rest_lies_above():
    window = Window(10.0, 40.0, 0.35)
    shares = {v: (math.exp(window.log_share(v)), math.exp(window.log_share(v, above=True))) for v in (6, 12, 40, 70)}
    for limit, (below, above) in shares.items():
        x = np.linspace(np.log(1e-5), np.log(limit), 20001)
        usual = np.trapezoid(np.exp([window.log_density(v) for v in np.exp(x)]), x)
        assert below == pytest.approx(usual, abs=0.015)  # half of the strange ones on either side of any limit
        assert below + above == pytest.approx(1, abs=1e-12)


def test_a_permittivity_far_outside_both_windows_makes_neither_role_certain():
    arc = Normalised(eps=4e5, per_area=3e-2, asr=None)
    odds = log_density("bulk", arc, "amorphous") - log_density("anode_interface", arc, "amorphous")
    assert abs(odds) < math.log(2)
    assert belongs("bulk", arc, "amorphous") < 0.5
    assert belongs("bulk", Normalised(eps=17.0, per_area=1.5e-8, asr=None), "amorphous") > 0.99


def test_a_permittivity_of_100_is_no_bulk_where_another_arc_has_17():
    """Conductivity and ASR go with either way; 100 lies 4.6 edges above what an amorphous film has."""
    d = 30e-9
    sigma, eps = 1e-6, 17.0
    film = d * 100 / sigma, eps * 8.8541878e-14 / (d * 100)
    found = assigned(SYMMETRIC, [film, (20.0, 100 / 17 * film[1])], Sample(thickness=d, area=AREA))
    assert by_role(found)["bulk"].verdict == "certain"
    assert found.fit.values["R1"] == pytest.approx(film[0])


def test_a_cable_that_was_not_subtracted_excuses_a_permittivity_and_makes_no_role_certain():
    small = Sample(thickness=1e-6, area=1e-8)  # 1.5 pF of film, 30 pF of cable
    arcs = [(50.0, 17 * 8.8541878e-14 / 1e-4 + 30e-12 / 1e-4), (20.0, 2e-6)]
    text = SYMMETRIC.circuit.text
    fit = make_fit(text, values(SYMMETRIC, [(r * 1e4, c * 1e-4) for r, c in arcs]))
    subtracted, not_subtracted = (
        assign(fit, SYMMETRIC.roles, small, sides={"anode_interface": 2}, clean=clean) for clean in (True, False)
    )
    assert subtracted.mistake
    assert not not_subtracted.mistake
    assert by_role(not_subtracted)["bulk"].verdict != "certain"


def test_roles_that_another_minimum_disputes_are_not_certain():
    d = 1e-6
    given = values(SYMMETRIC, [bulk(d), (20.0, 4e-6)])
    fit = make_fit(SYMMETRIC.circuit.text, given)
    names, sample = SYMMETRIC.circuit.names, Sample(thickness=d, area=AREA)
    assert by_role(assign(fit, SYMMETRIC.roles, sample))["bulk"].verdict == "certain"
    there = {**dict(zip(names, given, strict=True)), "R1": 3 * given[1]}
    other = replace(fit, rivals=(Rival(there, 1e-3),))
    assert by_role(assign(other, SYMMETRIC.roles, sample))["bulk"].verdict == "likely"


def test_an_unseen_bulk_would_have_to_conduct_better_than_any_film():
    """The arc of 50 Ω cm² that is seen is the film; beside it, one of 0.1 mΩ cm² is no film of a micrometre."""
    d = 1e-6
    arcs = [(1e-4, 1e-6), bulk(d)]
    relative = np.array([0.01, 3.0, 1.0, 0.1, 0.01, 0.01, 0.01])
    fit = make_fit(SYMMETRIC.circuit.text, values(SYMMETRIC, arcs), relative=relative)
    wrong = assign(fit, SYMMETRIC.roles, Sample(thickness=d, area=AREA / 100), sides={"anode_interface": 2})
    assert "an area 100 times as large" in wrong.mistake


def test_contacts_of_a_millifarad_say_that_the_area_is_wrong():
    """A single arc, poorly placed by a wide window of permittivities: the contacts decide."""
    d = 1e-6
    eps, sigma = 40.0, 1e-5
    cell = {"R0": 5.0, "R1": 1e-4 / sigma, "CPE1_0": eps * 8.8541878e-14 / 1e-4, "CPE1_1": 1.0}
    fit = make_fit("R0-p(R1,CPE1)-CPE2", {**cell, "CPE2_0": 5e-6, "CPE2_1": 0.9})
    circuit = load_circuit("lipon-blocking")
    right, wrong = (
        assign(fit, circuit.roles, Sample(thickness=d, area=area), family="polycrystalline") for area in (1e-4, 1e-6)
    )
    assert not right.mistake
    assert "an area 100 times as large" in wrong.mistake
