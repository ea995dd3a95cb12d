"""Which parameter gets which role, and what is refused."""

import pytest

from lipon_eis.errors import InvalidCircuit, UnknownParameter
from lipon_eis.model import Circuit
from lipon_eis.model.roles import ROLES, assign

CELL = Circuit("R0-p(R1,CPE1)-Zarc2-Wo3-W4-L5")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"R1": "bulk.resistance"}, {"R1": "bulk.resistance"}),
        ({"R1": "bulk"}, {"R1": "bulk.resistance"}),
        ({"CPE1": "bulk.capacitance"}, {"CPE1_0": "bulk.capacitance", "CPE1_1": "bulk.capacitance"}),
        ({"CPE1_0": "bulk.capacitance"}, {"CPE1_0": "bulk.capacitance", "CPE1_1": "bulk.capacitance"}),
        ({"Wo3_0": "diffusion.resistance"}, {"Wo3_0": "diffusion.resistance", "Wo3_1": "diffusion.time"}),
        ({"Wo3": "diffusion.time"}, {"Wo3_0": "diffusion.resistance", "Wo3_1": "diffusion.time"}),
        (
            {"Zarc2": "grain_boundary"},
            {
                "Zarc2_0": "grain_boundary.resistance",
                "Zarc2_1": "grain_boundary.time",
                "Zarc2_2": "grain_boundary.time",
            },
        ),
        ({"L5": "lead"}, {"L5": "lead.inductance"}),
        ({"W4": "diffusion"}, {}),  # A_W is no resistance: by_role must not find it as one
        ({}, {}),
    ],
)
def test_each_parameter_has_the_place_with_its_own_quantity(given, expected):
    assert assign(CELL, given)[0] == expected


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"R1": "blk.resistance"}, InvalidCircuit, "did you mean bulk.resistance"),
        ({"R1": "bulk.resistence"}, InvalidCircuit, "did you mean bulk.resistance"),
        ({"R1": "grain-boundary"}, InvalidCircuit, "did you mean grain_boundary"),
        ({"R1": "bulk.capacitance"}, InvalidCircuit, "R1 has no capacitance.*write bulk.resistance"),
        ({"W4": "diffusion.resistance"}, InvalidCircuit, "write diffusion"),
        ({"R1": "bulk."}, InvalidCircuit, "cannot have the role"),
        ({"CPE7": "bulk"}, UnknownParameter, "did you mean CPE1"),
        ({"Wo3_0": "diffusion", "Wo3_1": "bulk"}, InvalidCircuit, "two roles, diffusion and bulk"),
    ],
)
def test_a_role_that_cannot_be_is_refused_with_the_remedy(given, error, words):
    with pytest.raises(error, match=words):
        assign(CELL, given)


def test_the_vocabulary_is_closed():
    assert len(ROLES) == 13 * 4
    assert {"bulk.resistance", "stray.capacitance", "lead.inductance", "diffusion.time"} < set(ROLES)
