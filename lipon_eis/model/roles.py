"""What a parameter stands for: the closed vocabulary of roles, and how a circuit's parameters get theirs.

A role is a place in the cell and a quantity there, ``bulk.resistance``. Physics asks for roles and
never for parameter names, so it works with any circuit whose elements have been given roles.
"""

from __future__ import annotations

from collections.abc import Mapping

from lipon_eis.errors import InvalidCircuit, UnknownParameter, nearest
from lipon_eis.model.circuit import Circuit, CircuitParameter

PLACES = (
    "lead",
    "series",
    "bulk",
    "interface_film",
    "grain_boundary",
    "anode_interface",
    "anode_layer",
    "charge_transfer",
    "cathode_layer",
    "diffusion",
    "electrode",
    "leak",
    "stray",
)
QUANTITIES = ("resistance", "capacitance", "inductance", "time")
ROLES = tuple(f"{place}.{quantity}" for place in PLACES for quantity in QUANTITIES)

MEASURED_AS = {
    "resistance": "resistance",
    "capacitance": "capacitance",
    "admittance": "capacitance",  # Q, which with its exponent becomes a capacitance
    "inductance": "inductance",
    "time": "time",
}
"""Quantity of a parameter → quantity of its role. A Warburg coefficient or a ratio has none."""


def assign(circuit: Circuit, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Give roles to the parameters of a circuit.

    A role is given to an element, by its name or that of one of its parameters, as a place alone
    (``diffusion``) or with a quantity that the element has (``diffusion.resistance``). Each parameter
    then has the place with its own quantity; an exponent goes with the parameter before it.

    Args:
        circuit: The circuit.
        given: Element or parameter name → place or role.

    Returns:
        Parameter name → role, and element name → place.

    Raises:
        UnknownParameter: A name is neither an element nor a parameter of the circuit.
        InvalidCircuit: A role is none, or not one that the element can have, or an element gets two.

    >>> assign(Circuit("R0-Wo1"), {"Wo1": "diffusion"})[0]
    {'Wo1_0': 'diffusion.resistance', 'Wo1_1': 'diffusion.time'}
    """
    places: dict[str, str] = {}
    for name, role in given.items():
        parameters = [p for p in circuit.parameters if name in (p.element, p.name)]
        if not parameters:
            raise UnknownParameter(f"{circuit} has no {name!r}{nearest(name, (*circuit.elements, *circuit.names))}")
        place, element = _place(name, role, parameters), parameters[0].element
        if places.setdefault(element, place) != place:
            raise InvalidCircuit(f"{element} is given two roles, {places[element]} and {place}")
    roles: dict[str, str] = {}
    before = None
    for p in circuit.parameters:
        if p.element not in places:
            continue
        quantity = before if p.quantity == "exponent" else MEASURED_AS.get(p.quantity)
        if quantity is not None:
            roles[p.name] = f"{places[p.element]}.{quantity}"
        before = quantity
    return roles, places


def _place(name: str, role: str, parameters: list[CircuitParameter]) -> str:
    """Return the place of a role, once it is known to suit one of the parameters."""
    place, dot, quantity = role.partition(".")
    if place not in PLACES or (dot and quantity not in QUANTITIES):
        hint = nearest(role, ROLES if dot else PLACES)
        raise InvalidCircuit(
            f"{name} cannot have the role {role!r}{hint} (a role is one of {', '.join(PLACES)}, "
            f"alone or with .{', .'.join(QUANTITIES)})"
        )
    possible = dict.fromkeys(MEASURED_AS[p.quantity] for p in parameters if p.quantity in MEASURED_AS)
    if dot and quantity not in possible:
        suited = " or ".join(f"{place}.{q}" for q in possible) or place
        raise InvalidCircuit(f"{name} has no {quantity}, so its role cannot be {role}; write {suited}")
    return place
