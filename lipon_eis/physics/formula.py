"""Chemical formulas as texts: which elements they name. Amounts are not interpreted."""

from __future__ import annotations

import re

SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts "
    "Og"
)
_SYMBOL = "|".join(sorted(SYMBOLS.split(), key=lambda symbol: (-len(symbol), symbol)))
_BETWEEN = r"[-\d.xyz()\[\]·–−+\s]*"  # amounts, brackets, hyphens
_FORMULA = re.compile(f"{_BETWEEN}(?:(?:{_SYMBOL}){_BETWEEN})+")


def elements_of(formula: str) -> frozenset[str]:
    """Return the elements that a formula names; nothing where the text is no formula.

    Symbols of two letters are tried first, so ``Co`` is cobalt.

    >>> sorted(elements_of("Li2.3Si0.2PO1.4N1.1")), sorted(elements_of("Li-Al-Ti-P-O")), elements_of("sputtering")
    (['Li', 'N', 'O', 'P', 'Si'], ['Al', 'Li', 'O', 'P', 'Ti'], frozenset())
    """
    return frozenset(re.findall(_SYMBOL, formula)) if _FORMULA.fullmatch(formula) else frozenset()
