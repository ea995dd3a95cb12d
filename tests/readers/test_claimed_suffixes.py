import pytest

from lipon_eis.readers.reading import gather


@pytest.mark.parametrize("name", ["broken.DTA", "broken.mpt", "broken.z"])
@pytest.mark.parametrize("content", [b"", b"garbage\n", bytes(range(256))])
def test_an_instruments_suffix_with_unknown_content_is_a_failure_even_in_a_folder(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("made on Tuesday\n")
    reading = gather(tmp_path)
    assert [failure.source for failure in reading.failures] == [(tmp_path / name).as_posix()]
    assert reading.passed_over == [(tmp_path / "notes.txt").as_posix()]
