"""Formulas as trees for the layout: ``C = Q^(1/n) R^((1−n)/n), over A`` with true fractions and exponents.

A text becomes a list of segments, prose or mathematics: ``["text", words]``, ``["math", node]``.
Mathematics is a tree of nodes:

- ``["sym", "R"]``, ``["num", "2"]``, ``["op", "="]``, ``["word", "exp"]``
- ``["row", node, …]``, ``["group", "(", node, ")"]``
- ``["frac", above, below]``, ``["attach", base, below or None, above or None]``

Reading never fails: what cannot be understood is shown as it stands.
"""

from __future__ import annotations

import re
from typing import Any

Node = list[Any]

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-zΑ-Ωα-ω]+\d*)|(?P<sub>_(?:[A-Za-z0-9]+|\([^()]*\)))|(?P<mark>.)"
)
#: A symbol with its subscript in a sentence; a name such as CPE1_0 is none.
IN_PROSE = re.compile(r"(?<![\w.])([σεRCEZQτ])_([A-Za-z]+|0)(?!\w)")
SHORT = {"bulk": "b"}  # subscripts as the tables have them
UPRIGHT = ("exp", "ln", "ASR", "Re", "Im")
OPERATORS = "=+−-×·Σ±<>,"
DEEPEST = 8  # brackets in one formula; the layout bears no more than some dozens of levels
CLOSING = {"(": ")", "|": "|"}


def formula(text: str) -> list[Node]:
    """Return the segments of a formula as results.json has it: equations and remarks, with commas between.

    >>> formula("σ = R A, over d")[-1], formula("C")
    (['text', ', over d'], [['math', ['sym', 'C']]])
    """
    found: list[Node] = []
    for k, part in enumerate(text.split(", ")):
        comma = [["text", ", "]] if k else []
        mathematics = ("=" in part or len(part) == 1) and part.count("(") <= DEEPEST
        found += [*comma, ["math", _Reader(part).all()] if mathematics else ["text", part]]
    return _joined(found)


def between_dollars(text: str) -> list[Node]:
    """Return the segments of a text of this package, in which formulas stand between ``$``."""
    pieces = enumerate(text.split("$"))
    return [["math", _Reader(piece).all()] if k % 2 else ["text", piece] for k, piece in pieces if piece]


def prose(text: str) -> list[Node]:
    """Return the segments of any sentence: known symbols get their subscripts.

    >>> prose("ε_r is 16")
    [['math', ['attach', ['sym', 'ε'], ['word', 'r'], None]], ['text', ' is 16']]
    """
    found: list[Node] = []
    last = 0
    for symbol in IN_PROSE.finditer(text):
        found += [["text", text[last : symbol.start()]], ["math", _Reader(symbol[0]).all()]]
        last = symbol.end()
    return [segment for segment in [*found, ["text", text[last:]]] if segment[1]]


def _joined(segments: list[Node]) -> list[Node]:
    """Return the segments with neighbouring texts in one."""
    found: list[Node] = []
    for kind, content in segments:
        if kind == "text" and found and found[-1][0] == "text":
            found[-1] = ["text", found[-1][1] + content]
        else:
            found.append([kind, content])
    return found


class _Reader:
    """Reads one formula from left to right, by descent."""

    def __init__(self, text: str):
        self.tokens = [(str(found.lastgroup), found[0]) for found in TOKEN.finditer(text) if not found["space"]]
        self.at = 0

    def all(self) -> Node:
        """Return the whole formula as one node."""
        return self._row(len(self.tokens))

    def _row(self, end: int) -> Node:
        nodes: list[Node] = []
        while self.at < end:
            node = self._power()
            while self._next_is("/"):
                self.at += 1
                node = ["frac", node, self._power()]
            nodes += node[1:] if node[0] == "row" else [node]
        return nodes[0] if len(nodes) == 1 else ["row", *nodes]

    def _power(self) -> Node:
        """Read an atom with its exponent; that of several letters belongs to the last."""
        node = self._atom()
        if not self._next_is("^"):
            return node
        self.at += 1
        above = self._atom()
        above = above[2] if above[:2] == ["group", "("] else above
        *before, base = node[1:] if node[0] == "row" else [node]
        base = [*base[:3], above] if base[0] == "attach" else ["attach", base, None, above]
        return ["row", *before, base] if before else base

    def _atom(self) -> Node:
        if self.at >= len(self.tokens):
            return ["row"]
        kind, text = self.tokens[self.at]
        end = self._end_of_group()
        self.at += 1
        if end:
            inside = self._row(end)
            self.at = end + 1
            return ["group", text, inside, CLOSING[text]]
        if kind == "name":
            return self._letters(text)
        return ["num" if kind == "number" else "op" if text in OPERATORS else "word", text]

    def _letters(self, text: str) -> Node:
        """Return letters as a product, the last with its subscript; words stay in one piece."""
        sub = ""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "sub":
            sub = self.tokens[self.at][1][1:].strip("()")
            sub = SHORT.get(sub, sub)
            self.at += 1
        if text in UPRIGHT or (len(text) > 3 and text.isascii() and text.islower()):
            return ["word", text]
        letters = text.rstrip("0123456789")
        nodes: list[Node] = [["sym", letter] for letter in letters]
        if sub := sub or text[len(letters) :]:
            nodes[-1] = ["attach", nodes[-1], ["word", sub], None]
        return nodes[0] if len(nodes) == 1 else ["row", *nodes]

    def _end_of_group(self) -> int:
        """Return where the bracket that opens here is closed; 0 where none opens or none closes it."""
        closing, depth = CLOSING.get(self.tokens[self.at][1]), 0
        for k in range(self.at + 1, len(self.tokens)) if closing else ():
            text = self.tokens[k][1]
            if text == closing and depth == 0:
                return k
            depth += (text == "(") - (text == ")")
        return 0

    def _next_is(self, mark: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1] == mark
