"""What the shape of a spectrum says about the sign of Im: it tells an inductance stored as -Im, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

import circuits
from lipon_eis import simulate
from lipon_eis.library import load_circuit
from lipon_eis.readers.slopes import runs_against_re

CIRCUITS = sorted(path.stem for path in Path(circuits.__file__).parent.glob("*.toml"))
OTHERS = ["R0", "p(R0,C1)", "L0-R0-p(R1,C1)", "R0-C1", "L0-R0-CPE1", "R0-p(R1,C1)-p(R2,C2)"]
RANGES = {"R": (1, 1e6), "C": (1e-12, 1e-4), "L": (1e-9, 1e-6), "W": (1, 1e4)}
INDUCTIVE = ["p(R0,L0)", "R0-p(R1,L1)", "L0-p(R1,L1)", "R0-p(R1,L1)-p(R2,L2)"]


def values(names, draw):
    """Typical values of the parameters of a circuit; those of CPEs that end in _1 are exponents."""
    return [
        draw.uniform(0.5, 1)
        if name.startswith("CPE") and name.endswith("_1")
        else np.exp(draw.uniform(*np.log(RANGES[name[0]])))
        for name in names
    ]


@pytest.mark.parametrize("circuit", [*CIRCUITS, *OTHERS])
def test_no_capacitive_spectrum_is_taken_for_an_inductance(circuit):
    draw, names = np.random.default_rng(7), load_circuit(circuit).circuit.names
    for seed in range(120):
        top, decades, each = draw.uniform(2, 7), draw.uniform(1, 7), draw.choice([4, 7, 10, 20])
        f = np.logspace(top, top - decades, int(decades * each) + 1)
        noise = draw.choice([0, 0.001, 0.005, 0.02])
        z = simulate(circuit, values(names, draw), f, noise=noise, seed=seed).impedance
        if (z.imag / np.abs(z)).sum() <= 0:
            assert not runs_against_re(f, z)


@pytest.mark.parametrize("circuit", INDUCTIVE)
@pytest.mark.parametrize("noise", [0, 0.001, 0.01])
def test_an_inductance_stored_as_minus_im_is_told_in_any_order(circuit, noise):
    f = np.geomspace(1e6, 1, 61)
    names = load_circuit(circuit).circuit.names
    typical = {"R0": 1, "R1": 3, "R2": 5, "L0": 1e-5, "L1": 1e-4, "L2": 1e-3}
    z = simulate(circuit, [typical[name] for name in names], f, noise=noise, seed=1).impedance
    assert runs_against_re(f, z.conj())
    assert runs_against_re(f[::-1], z[::-1].conj())
    assert not runs_against_re(f, z)
