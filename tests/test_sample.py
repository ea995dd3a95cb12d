"""Sample: what is known of a film, where it comes from, and what cannot be."""

import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.errors import InvalidQuantity, InvalidSample
from lipon_eis.sample import KEYS, PAIRS, RULES, Sample, merge
from lipon_eis.stack import parse_stack
from lipon_eis.units import DIMENSIONS, Quantity


def test_strings_carry_their_unit_and_numbers_are_si():
    film = Sample.build(thickness="1.2 um", area=5e-5, temperature="25 degC", soak="30 min", soc="50 %")
    assert (film.thickness, film.area, film.temperature, film.soak, film.soc) == (1.2e-6, 5e-5, 298.15, 1800.0, 0.5)
    assert film.thickness_stderr is None


def test_an_error_comes_along_with_its_value():
    film = Sample.build(thickness="1.2 um ± 5 %", area=Quantity(5e-5, 1e-6), temperature="25 ± 0.5 degC")
    assert film.thickness_stderr == pytest.approx(6e-8)
    assert (film.area_stderr, film.temperature_stderr) == (1e-6, 0.5)


def test_a_scatter_in_degrees_is_a_difference():
    assert Sample.build(temperature_offset_stderr="0.5 degC").temperature_offset_stderr == 0.5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"thickness": -1e-6}, "thickness has to be positive, found -1e-06 m"),
        ({"thickness": 0.0}, "thickness has to be positive, found 0 m"),
        ({"thickness": 1.2}, "write '1.2 um' or 1.2e-6"),
        ({"area": -5e-5}, "area has to be positive, found -5e-05 m2"),
        ({"area": 0.5}, "write '0.5 cm2' or 5e-5"),
        ({"temperature": 25}, "write '25 degC' or 298.15"),
        ({"thickness": float("nan")}, "thickness has to be a finite number"),
        ({"thickness": True}, "thickness has to be a finite number"),
        ({"thickness": 1e-6, "thickness_stderr": 0.0}, "thickness_stderr has to be positive"),
        ({"area_stderr": 1e-6}, "area has an error but no value"),
        ({"soc": 50}, "write 0.5 or '50 %'"),
        ({"roughness_factor": 0.9}, "roughness_factor has to be at least 1"),
        ({"geometry": "sideways"}, "geometry has to be cross-plane or in-plane"),
        ({"preparation": "sputering"}, "polymer precursor, found 'sputering'; did you mean RF sputtering"),
        ({"preparation": "sol-gel"}, "describe another way in a column note_preparation"),
        ({"cycle": 1.5}, "cycle has to be a whole number"),
        ({"cycle": -1}, "at least 0"),
        ({"fingers": 0}, "at least 1"),
        ({"stack": 7}, "stack has to be a text"),
        ({"thicknes": "1 um"}, "did you mean thickness"),
        ({"thickness": "1 um ± 1 nm", "thickness_stderr": 1e-9}, "thickness_stderr is given twice"),
        ({"gap": "10 um ± 1 um"}, "gap takes no error"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_value(given, message):
    with pytest.raises(InvalidSample) as caught:
        Sample.build(**given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("RF sputtering", "RF sputtering"),
        ("rf-magnetron sputtering", "RF sputtering"),
        ("pulsed laser deposition", "PLD"),
        ("E-Beam evaporation", "e-beam"),
        ("Polymer_Precursor", "polymer precursor"),
        ("plasma ALD", "ALD"),
    ],
)
def test_a_preparation_is_kept_under_its_one_name(written, meant):
    assert Sample.build(preparation=written).preparation == meant


def test_a_text_of_the_wrong_dimension_names_the_property():
    with pytest.raises(InvalidQuantity, match=r"^area: '3 um': expected an area"):
        Sample.build(area="3 um")


def test_the_first_that_knows_wins_and_the_origin_tells_which():
    option = Sample.build(thickness="1 um", origin="option")
    row = Sample.build(thickness="2 um ± 5 %", area="0.5 cm2 ± 2 %", origin="sheet row 3", notes={"who": "A"})
    header = Sample.build(area=1e-4, temperature=300.0, origin="file header", notes={"who": "B", "x": "y"})
    film = merge(option, row, None, header)
    assert (film.thickness, film.area, film.temperature) == (1e-6, 5e-5, 300.0)
    assert film.origin == {
        "thickness": "option", "area": "sheet row 3", "area_stderr": "sheet row 3", "temperature": "file header"
    }  # fmt: skip
    assert film.notes == {"who": "A", "x": "y"}


def test_a_value_never_takes_the_error_of_another_value():
    film = merge(Sample.build(thickness=1e-6), Sample.build(thickness="2 um ± 5 %"))
    assert film.thickness_stderr is None


def test_a_thermometers_scatter_may_come_from_elsewhere_than_its_reading():
    film = merge(Sample.build(temperature_stderr=0.3), Sample.build(temperature=300.0))
    assert (film.temperature, film.temperature_stderr) == (300.0, 0.3)


def test_the_header_gives_area_and_temperature_by_keys_with_units():
    film = Sample.from_meta({"area_m2": 1e-4, "amplitude_V": 0.01, "label": "x", "loops": 3}, temperature=300.0)
    assert film == Sample.build(area=1e-4, amplitude=0.01, temperature=300.0, origin="file header")


def test_a_header_value_that_cannot_be_is_not_taken_and_noted():
    film = Sample.from_meta({"area_m2": 0.0, "temperature_K": 0.0})
    assert (film.area, film.temperature) == (None, None)
    assert "found 0 K; not taken" in film.notes["temperature"]
    assert "area has to be positive" in film.notes["area"]


def test_a_header_never_gives_an_error_without_its_value():
    assert Sample.from_meta({"area_stderr_m2": 1e-6}) == Sample()
    film = Sample.from_meta({"area_m2": 1e-4, "area_stderr_m2": float("nan")})
    assert (film.area, film.area_stderr) == (1e-4, None)


def test_results_json_has_the_five_keys_always_and_the_rest_where_known():
    assert Sample().to_dict() == {
        "thickness_m": None, "thickness_stderr_m": None, "area_m2": None, "area_stderr_m2": None, "temperature_K": None,
        "origin": {},
    }  # fmt: skip
    film = Sample.build(thickness="1.2 um", cell_constant="0.4 /cm", stack="Pt/LiPON/Pt")
    known = film.to_dict()
    assert (known["cell_constant_per_m"], known["stack"]) == (40.0, "Pt/LiPON/Pt")
    assert known["origin"]["thickness_m"] == "option"


def _values():
    """Draw any valid sample, built from its own rules."""
    strategies = {}
    for name, rule in RULES.items():
        if "choices" in rule:
            strategies[name] = st.sampled_from(rule["choices"])
        elif "count" in rule:
            strategies[name] = st.integers(rule["count"], 100)
        elif "dimension" in rule:
            low = max(rule["low"], -100.0)
            strategies[name] = st.floats(low, min(rule["high"], 1000.0), exclude_min=rule["above"])
        else:
            strategies[name] = st.text()
    return st.fixed_dictionaries({}, optional=strategies)


@given(_values())
def test_json_and_pickle_give_the_same_sample_back(values):
    for name in ("thickness", "area", "lead_resistance", "cathode_thickness"):
        if name not in values:
            values.pop(PAIRS[name], None)
    film = Sample.build(**values, notes={"who": "A"})
    assert Sample.from_dict(json.loads(json.dumps(film.to_dict()))) == film
    assert pickle.loads(pickle.dumps(film)) == film


def test_nothing_can_be_changed_afterwards():
    film = Sample.build(thickness=1e-6, notes={"who": "A"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        film.thickness = 2e-6
    for mapping in (film.notes, film.origin):
        with pytest.raises(TypeError):
            mapping["x"] = "y"


def test_every_number_has_a_dimension_the_parser_knows_and_a_key_of_its_own():
    assert {rule["dimension"] for rule in RULES.values() if "dimension" in rule} <= DIMENSIONS.keys()
    assert len(set(KEYS.values())) == len(KEYS)


@pytest.mark.parametrize(
    ("text", "kind", "electrodes"),
    [
        ("Pt/LiPON/Pt", "blocking", ("Pt", "Pt")),
        ("al/lipon/al", "blocking", ("al", "al")),
        ("TiN/LiPON/Au", "blocking", ("TiN", "Au")),
        ("Stainless steel | LLZO | SS", "blocking", ("Stainless steel", "SS")),
        ("Si/Ti/Pt/LiPON/Pt", "blocking", ("Pt", "Pt")),
        ("Pt (50 nm)/LiPON (1 um)/Pt", "blocking", ("Pt (50 nm)", "Pt")),
        ("Pt/film 7/Pt", "blocking", ("Pt", "Pt")),
        ("Li/LiPON/Li", "symmetric-lithium", ("Li", "Li")),
        ("Li/Au/LLZO/Au/Li", "symmetric-lithium", ("Li", "Li")),
        ("Li/LiPON/LCO", "full-cell", ("Li", "LCO")),
        ("Li/Al2O3/LiPON/LiCoO2/Pt", "full-cell", ("Li", "LiCoO2")),
        ("Li/LiPON/LiNi0.5Mn1.5O4", "full-cell", ("Li", "LiNi0.5Mn1.5O4")),
        ("Li/LiPON/LiCoPO4", "full-cell", ("Li", "LiCoPO4")),
        ("Cu/Li/LiPON/Prussian blue", "full-cell", ("Li", "Prussian blue")),
        ("V2O5/LiPON/LixV2O5", "full-cell", ("V2O5", "LixV2O5")),
        ("LCO/LiPON/LCO", "cathode-symmetric", ("LCO", "LCO")),
        ("Cu/LiPON/LCO", "lithium-free", ("Cu", "LCO")),
        ("Li/LiPON/Pt", "unknown", ("Li", "Pt")),
        ("LiPON", "unknown", (None, None)),
        ("a/b/c", "unknown", (None, None)),
        ("", "unknown", (None, None)),
    ],
)
def test_the_electrodes_make_the_kind_of_cell(text, kind, electrodes):
    stack = parse_stack(text)
    assert (stack.kind, stack.electrodes) == (kind, electrodes)


@pytest.mark.parametrize(
    "name",
    ["LATP", "lagp", "LATPN", "LAGPON", "LLZO", "NASICON", "Li-Al-Ti-P-O-N", "Li-Al-Ge-P-O-N",
     "Li1.3Al0.3Ti1.7(PO4)3", "Li6.25Al0.25La3Zr2O12", "Li₁.₃Al₀.₃Ti₁.₇P₃O₁₂"],
)  # fmt: skip
def test_electrolytes_with_grain_boundaries_are_known(name):
    stack = parse_stack(f"Au/{name}/Au")
    assert stack.polycrystalline
    assert (stack.kind, stack.electrolyte) == ("blocking", name)


@pytest.mark.parametrize(
    "name", ["LiPON", "LiSiPON", "LiBON", "LiPSON", "Li2.9PO3.3N0.46", "Li3PO4", "LiAlPON", "Li2.3Si0.2PO1.4N1.1"]
)
def test_amorphous_electrolytes_have_none(name):
    stack = parse_stack(f"Pt/{name}/Pt")
    assert stack.electrolyte == name
    assert not stack.polycrystalline


@pytest.mark.parametrize(
    ("stack", "layers"),
    [
        ("Li/Al2O3/LiPON/BaTiO3/LNM", ("BaTiO3",)),
        ("LCO/Al2O3/LiPON/Li", ("Al2O3",)),
        ("Li/Al2O3/LiPON/LCO", ()),
        ("LCO/Al2O3/LiPON/BTO/LCO", ("Al2O3", "BTO")),
        ("Pt/Al2O3/LiPON/Pt", ()),
    ],
)
def test_layers_at_a_cathode_are_told_from_those_at_lithium(stack, layers):
    assert parse_stack(stack).cathode_interlayers == layers


@pytest.mark.parametrize(
    ("stack", "lithium", "cathode"),
    [
        ("Li/LiPON/LCO", "Li", "LCO"),
        ("LCO/LiPON/Li", "Li", "LCO"),
        ("LCO/LiPON/Cu", None, "LCO"),
        ("Li/LiPON/Li", "Li", None),
        ("Pt/LiPON/Pt", None, None),
    ],
)
def test_lithium_and_cathode_are_found_on_either_side(stack, lithium, cathode):
    found = parse_stack(stack)
    assert (found.lithium, found.cathode) == (lithium, cathode)


def test_interlayers_are_named_from_left_to_right():
    assert parse_stack("Li/Al2O3/LiPON/BaTiO3/LNM").interlayers == ("Al2O3", "BaTiO3")
    assert parse_stack("Pt/LiPON/Pt").interlayers == ()


@given(st.text(st.sampled_from("LiPONtAuC/|() -0123"), max_size=30))
def test_any_stack_is_at_worst_unknown(text):
    stack = parse_stack(text)
    assert stack.kind in {"blocking", "symmetric-lithium", "full-cell", "cathode-symmetric", "lithium-free", "unknown"}
    mirrored = dataclasses.replace(
        stack,
        layers=stack.layers[::-1],
        electrolyte_index=None if stack.electrolyte_index is None else len(stack.layers) - 1 - stack.electrolyte_index,
    )
    assert mirrored.kind == stack.kind
    assert mirrored.interlayers == stack.interlayers[::-1]


def test_a_temperature_taken_from_the_file_name_says_so():
    meta = {"area_m2": 1e-4, "temperature_K": 313.15, "origin": {"temperature_K": "file name"}}
    assert Sample.from_meta(meta, 313.15).origin == {"area": "file header", "temperature": "file name"}
    assert Sample.from_meta(meta | {"origin": {"temperature_K": "header line 3"}}, 313.15).origin == {
        "area": "file header",
        "temperature": "file header",
    }
