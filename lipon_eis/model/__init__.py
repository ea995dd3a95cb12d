"""The mathematics of circuits, on numpy alone: elements, tree, parser, circuit.

Knows neither files nor spectra nor fitting. A circuit string becomes a `Circuit`, and a
`Circuit` gives impedances and exact partial derivatives, many spectra at once.
"""

from lipon_eis.model.circuit import Circuit, CircuitParameter
from lipon_eis.model.elements import ELEMENTS, Element, Parameter
from lipon_eis.model.own import element

__all__ = ["ELEMENTS", "Circuit", "CircuitParameter", "Element", "Parameter", "element"]
