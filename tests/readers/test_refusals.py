"""What is no export is refused for what it is: quickly, in our own words, with the path."""

import os
import signal
import stat
import time
import tracemalloc
import zipfile
import zlib

import layouts
import pytest
from reader_cases import LAYOUTS

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import gather, read
from lipon_eis.readers.format import HEAD_BYTES, MAX_BYTES

GOOD = layouts.encoded(*LAYOUTS["semicolon"])
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(40)
PDF = (
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Length 20>>\nstream\n" + zlib.compress(bytes(99)) + b"\nendstream\n%%EOF"
)


@pytest.fixture(autouse=True)
def soon():
    """Stop a test that hangs, where the system can."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_):
        raise TimeoutError("reading hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "nothing but blank lines"),
        (b"\r\n\r\n  \t\r\n", "nothing but blank lines"),
        (bytes(1000), "binary data"),
        (bytes(range(256)) * 300, "binary data"),
        (os.urandom(1000) + b"\0", "binary data"),
        (PDF, "a PDF"),
        (PNG, "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40), "a picture"),
        (b"<html><body>404</body></html>", "a web page"),
        (b"Film 7 was annealed on Tuesday.\n", "text without a table of numbers"),
        (b"\xff\xfe" + "Film 7\n".encode("utf-16-le"), "text without a table of numbers"),
    ],
)
def test_a_stranger_is_called_by_its_name(content, what, write):
    path = write(content)
    with pytest.raises(UnrecognisedFile, match=what) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_a_zip_archive_is_called_one(tmp_path):
    path = tmp_path / "exports.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("film.csv", GOOD)
    with pytest.raises(UnreadableFile, match=r"zip|xlsx"):
        read(path)


def test_a_folder_is_called_one(tmp_path):
    with pytest.raises(UnreadableFile, match="this is a folder, expected a file"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UnreadableFile, match=r"pipe\.csv: this is a named pipe, expected a file"):
        read(tmp_path / "pipe.csv")
    (tmp_path / "film.csv").write_bytes(GOOD)
    reading = gather(tmp_path)
    assert [s.label for s in reading.spectra] == ["film"]
    assert reading.failures == []


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom", "/dev/tty"])
def test_a_device_is_refused_and_not_read(device):
    if not (os.path.exists(device) and stat.S_ISCHR(os.stat(device).st_mode)):
        pytest.skip("the system has no such device")
    with pytest.raises(UnreadableFile, match=r"this is a device, expected a file|cannot be opened"):
        read(device)


def test_a_file_that_may_not_be_read_is_refused_with_the_systems_reason(tmp_path):
    path = tmp_path / "film.csv"
    path.write_bytes(GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(UnreadableFile, match="cannot be opened: Permission denied"):
        read(path)


def test_links_that_lead_nowhere_and_names_that_cannot_be_are_refused(tmp_path):
    (tmp_path / "gone.csv").symlink_to(tmp_path / "moved.csv")
    (tmp_path / "circle.csv").symlink_to(tmp_path / "circle.csv")
    for name in ("gone.csv", "circle.csv", "film\0.csv", "x" * 1000):
        with pytest.raises(UnreadableFile, match="cannot be opened"):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"1000,5;1000,25;-20,125\n", "larger than 100 MB"),
        (b"07:15 the pump was started\n", "text without a table of numbers"),
        (b"x", "text without a table|nothing but blank lines"),
    ],
)
def test_200_megabytes_of_text_are_refused_by_their_beginning_and_size(line, what, tmp_path):
    path = tmp_path / "large.txt"
    names = b"f/Hz;Re/Ohm;-Im/Ohm\n" if b";" in line else b""
    with open(path, "wb") as stream:
        stream.write((names + line * (2 * HEAD_BYTES // len(line)))[: 2 * HEAD_BYTES])
        stream.truncate(200_000_000)  # the rest is a hole in the file: nobody has looked at it yet
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        with pytest.raises(UnreadableFile, match=what):
            read(path)
        took, (_, most) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 5
    assert most < 100 * HEAD_BYTES


def test_the_limit_of_the_size_is_exact(tmp_path, monkeypatch):
    path = tmp_path / "grown.csv"
    path.write_bytes(GOOD + b"\n" * 2 * HEAD_BYTES)
    monkeypatch.setattr("lipon_eis.readers.reading.MAX_BYTES", path.stat().st_size)
    read(path)
    monkeypatch.setattr("lipon_eis.readers.reading.MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(UnreadableFile, match="larger than"):
        read(path)
    assert MAX_BYTES == 100_000_000
