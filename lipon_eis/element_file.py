"""Python files that register own elements, named by the user on the command line.

Such a file is a program, and reading it runs it: with the user's rights, as ``python FILE.py`` would. Therefore only
an option names one. Circuit files, sample sheets and ``lipon-eis.toml``, which may come along with somebody's data,
cannot.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path

from lipon_eis.errors import InvalidOption
from lipon_eis.model.adoption import available
from lipon_eis.model.registry import own_elements


def load_elements(path: str | Path) -> tuple[str, ...]:
    """Run a Python file and return the symbols of the elements that are registered after it.

    The file is no module that others could import, so its functions go to worker processes by value.

    Raises:
        InvalidOption: There is no such file, it fails, or it registers no element; the message says where.
    """
    path = Path(path)
    if not path.is_file():
        raise InvalidOption(f"--elements: there is no file {path}")
    name = f"elements of {path.name}"
    spec = importlib.util.spec_from_file_location(name, path) if path.suffix == ".py" else None
    if spec is None or spec.loader is None:
        raise InvalidOption(f"--elements: {path} is no Python file: its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and the like look their module up while it runs
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InvalidOption(f"--elements: {_place(path, error)}: {type(error).__name__}: {error}") from error
    finally:
        del sys.modules[name]
        sys.dont_write_bytecode = writes
    symbols = (*(element.symbol for element in own_elements()), *available())
    if not symbols:
        raise InvalidOption(f"--elements: {path} registers no element; see docs/elements.md")
    return symbols


def _place(path: Path, error: BaseException) -> str:
    """Return ``file:line``, the last line of the file itself that the error came through."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{path}:{error.lineno}"
    place = str(path.absolute())
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    return f"{path}:{lines[-1]}" if lines else str(path)
