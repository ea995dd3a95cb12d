"""Hyperbolic functions of complex arguments that neither overflow nor cancel.

With x = a + jb, tanh and coth have real and imaginary parts that are quotients of sinh a,
cosh a, sin b and cos b without any difference of nearly equal terms, so tiny arguments
keep all their digits; beyond |a| = 350 nothing changes any more at double precision.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.model.registry import Complex

LARGEST = 350.0
"""cosh²(350) is still finite; tanh is 1 from 20 on."""


def coth_csch(x: Complex) -> tuple[Complex, Complex]:
    """Return coth x and 1/sinh x; the derivative of coth is −1/sinh²."""
    a, b = np.clip(x.real, -LARGEST, LARGEST), x.imag
    sinh, cosh, sin, cos = np.sinh(a), np.cosh(a), np.sin(b), np.cos(b)
    size = sinh * sinh + sin * sin
    return _complex(sinh * cosh / size, -sin * cos / size), _complex(sinh * cos / size, -cosh * sin / size)


def tanh_sech(x: Complex) -> tuple[Complex, Complex]:
    """Return tanh x and 1/cosh x; the derivative of tanh is 1/cosh²."""
    a, b = np.clip(x.real, -LARGEST, LARGEST), x.imag
    sinh, cosh, sin, cos = np.sinh(a), np.cosh(a), np.sin(b), np.cos(b)
    size = sinh * sinh + cos * cos
    return _complex(sinh * cosh / size, sin * cos / size), _complex(cosh * cos / size, -sinh * sin / size)


def _complex(real: np.ndarray, imag: np.ndarray) -> Complex:
    z = np.empty(real.shape, dtype=complex)
    z.real, z.imag = real, imag
    return z
