"""Lets the tests of the readers import what they share, and write files."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import layouts


@pytest.fixture
def write(tmp_path):
    """Write a text or bytes and return the path."""

    def write(content, name="export.dat", encoding="utf-8", newline="\n"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else layouts.encoded(content, encoding, newline))
        return path

    return write
