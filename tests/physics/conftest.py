"""Lets the tests of this room import `fits`, which pytest's importlib mode does not."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
