"""Brackets behind a name hold a unit, or say of which quantity it is."""

import pytest
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.readers import read
from lipon_eis.readers.names import Quantity, meaning


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("Re(Z)", Quantity.REAL), ("-Im (Z)", Quantity.IMAGINARY), ("Phase(Z)", Quantity.PHASE)],
)
def test_z_in_brackets_is_no_unit(name, quantity):
    assert meaning(name).quantity is quantity
    assert meaning(name).unit == ""


def test_an_unknown_unit_in_brackets_is_still_no_impedance():
    assert meaning("Re (furlong)") is None


def test_a_table_of_bare_names_of_z_is_read(write):
    rows = "\n".join(f"{f:.9g},{z.real:.9g},{-z.imag:.9g}" for f, z in zip(F, Z, strict=True))
    (spectrum,) = read(write(f"Frequency,Re(Z),-Im(Z)\n{rows}\n"))
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)
