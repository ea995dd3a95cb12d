"""Circuit strings in impedance.py's syntax, read by recursive descent.

::

    series  = part, { "-", part } ;
    part    = "p(", series, ",", series, { ",", series }, ")" | element ;
    element = symbol, [ "_" ], [ digits ] ;

Spaces mean nothing. ``R0-p(R1,CPE1)-Wo1`` is a resistor, then a resistor beside a
constant phase element, then finite-space diffusion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from lipon_eis.errors import InvalidCircuit, InvalidOption, nearest
from lipon_eis.model.adoption import find
from lipon_eis.model.registry import ELEMENTS, Element
from lipon_eis.model.tree import Leaf, Node, Parallel, Series

ELEMENT = re.compile(r"([A-Za-z]+)(_?\d+)?")
DEEPEST = 100
OTHER_NAMES = {"Q": "CPE"}  # what ZView's and RelaxIS's users may write
PART = "an element such as R1 or p(…)"


def parse(text: str, others: Mapping[str, Element] | None = None) -> Node:
    """Return the tree of a circuit string.

    Args:
        text: The circuit string.
        others: Elements by symbol that have precedence over those that are registered.

    Raises:
        InvalidCircuit: The text is no circuit; its ``position`` is the index of the first
            character that could not be understood, and the message says what was expected there.
    """
    return _Parser(text, others or {}).parse()


class _Parser:
    """Reads one text from left to right; `position` is the next character, `names` the elements so far."""

    def __init__(self, text: str, others: Mapping[str, Element]):
        self.text = text
        self.others = others
        self.position = 0
        self.names: dict[str, int] = {}
        self.n_parameters = 0
        self.depth = 0

    def parse(self) -> Node:
        tree = self.series()
        if self.peek():
            self.refuse("expected '-' or the end")
        return tree

    def series(self) -> Node:
        children = [self.part()]
        while self.take("-"):
            children.append(self.part())
        return Series(tuple(children)) if len(children) > 1 else children[0]

    def part(self) -> Leaf | Parallel:
        self.peek()
        match = ELEMENT.match(self.text, self.position)
        if match is None:
            self.refuse(f"expected {PART}")
        return self.parallel() if match[0] == "p" else self.element(match)

    def parallel(self) -> Parallel:
        start = self.position
        self.position += 1
        if not self.take("("):
            self.refuse("expected '(' after p, which begins a parallel group such as p(R1,C1)")
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"expected at most {DEEPEST} groups one within the other")
        children = [self.series()]
        while self.take(","):
            children.append(self.series())
        if not self.take(")"):
            self.refuse("expected '-', ',' or ')'")
        if len(children) == 1:
            raise InvalidCircuit(
                f"a parallel group needs at least two branches, found only {children[0]}", self.text, start
            )
        self.depth -= 1
        return Parallel(tuple(children))

    def element(self, match: re.Match[str]) -> Leaf:
        name, symbol = match[0], match[1]
        entry = self.known(symbol, match.start())
        if entry is None:
            hint = nearest(OTHER_NAMES.get(symbol, symbol), ELEMENTS)
            problem = f"there is no element {symbol!r}{hint} (known: {', '.join(ELEMENTS)})"
            raise InvalidCircuit(problem, self.text, match.start())
        if name in self.names:
            problem = f"{name} stands twice, at {self.names[name]} and at {match.start()}: give each element its number"
            raise InvalidCircuit(problem, self.text, match.start())
        self.names[name] = match.start()
        self.position = match.end()
        first = self.n_parameters
        self.n_parameters += len(entry.parameters)
        return Leaf(name, entry, slice(first, self.n_parameters))

    def known(self, symbol: str, position: int) -> Element | None:
        try:
            return self.others.get(symbol) or find(symbol)
        except InvalidOption as error:
            raise InvalidCircuit(str(error), self.text, position) from error

    def peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> bool:
        """Step over the character if it comes next."""
        found = self.peek() == character
        self.position += found
        return found

    def refuse(self, expected: str) -> NoReturn:
        found = repr(self.peek()) if self.peek() else "the end"
        raise InvalidCircuit(f"{expected}, found {found}", self.text, self.position)
