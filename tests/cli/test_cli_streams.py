"""Streams, signals and terminals, in processes of their own."""

import os
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "lipon_eis"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and SIGINT to a group are POSIX")


def call(*words, **options):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, encoding="utf-8", check=False, **options)


def in_terminal(*words, **environment):
    """Run with stdout and stderr on a pseudo-terminal; return all that appeared there."""
    import pty

    leader, follower = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=follower, stderr=follower, env=kept | {"TERM": "xterm-256color"} | environment
    )
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(leader)
    return process.wait(), b"".join(chunks).decode()


def test_results_go_to_stdout_and_all_else_to_stderr(film, here):
    result = call("fit", film(), "--no-report")
    assert result.returncode == 0
    assert "R_b" in result.stdout
    assert "fitted" not in result.stdout
    assert result.stderr.splitlines()[0] == "1 spectrum fitted: 1 PASS"
    assert "\x1b" not in result.stdout + result.stderr


@posix
def test_on_a_terminal_there_is_colour_and_progress_unless_no_color(film):
    path = film()
    _, coloured = in_terminal("fit", path, "--no-report")
    assert "\x1b[32mPASS" in coloured
    assert "fitting" in coloured
    _, plain = in_terminal("fit", path, "--no-report", NO_COLOR="1")
    assert "PASS" in plain
    assert "\x1b[3" not in plain.replace("\x1b[?", "")
    assert "\x1b[1m" not in plain


@posix
def test_errors_are_red_on_a_terminal_unless_no_color():
    assert in_terminal("fit", "none", "--area=1")[1].startswith("\x1b[31m\x1b[1mError: \x1b[0mInvalid value")
    code, plain = in_terminal("report", "none", NO_COLOR="1")
    assert (code, plain.strip()) == (2, "Error: PATH does not exist: none")


@posix
def test_a_reader_that_stops_early_gets_no_traceback():
    words = ["simulate", "R0", "--set", "R0=1", "--points-per-decade", "9999"]
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "frequency_hz,z_re_ohm,z_im_ohm\n"
    process.stdout.close()
    with process.stderr:
        assert "Traceback" not in process.stderr.read()
    process.wait()


@posix
def test_results_are_written_though_nobody_reads_the_table(film, here):
    path = film()
    process = subprocess.Popen([*COMMAND, "fit", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    with process.stderr:
        assert "Traceback" not in process.stderr.read()
    process.wait()
    assert (here / "lipon-eis-results" / "report.pdf").read_bytes().startswith(b"%PDF")


@posix
@pytest.mark.parametrize("startups", [4, 10])
def test_ctrl_c_is_exit_code_130_and_leaves_nothing_half_written(film, here, startups):
    path = here / film()
    begin = time.monotonic()
    call("--version")
    delay = startups * (time.monotonic() - begin)  # well inside the work, however busy the machine is
    exports = here / "exports"
    exports.mkdir()
    for number in range(300):
        (exports / f"{number}.csv").write_bytes(path.read_bytes())
    process = subprocess.Popen(
        [*COMMAND, "fit", "exports"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, ""), err
    assert err.strip() == "Error: interrupted"
    assert not list(here.glob("**/*.part"))


def test_a_terminal_of_another_encoding_shows_the_table_escaped():
    result = call("circuits", "lipon-blocking", env={**os.environ, "PYTHONIOENCODING": "cp1252"})
    assert result.returncode == 0
    assert "CPE1" in result.stdout


@posix
def test_a_file_name_that_is_no_unicode_is_shown_escaped(film, here):
    data = (here / film()).read_bytes()
    with open(os.path.join(os.fsencode(here), b"\xff.csv"), "wb") as file:
        file.write(data)
    result = call("show", os.fsdecode(b"\xff.csv"))
    assert result.returncode == 0
    assert result.stdout.startswith("\\udcff.csv  delimited")


def test_an_error_message_is_one_line_whatever_the_files_name(here):
    name = "two\nlines.txt"
    if sys.platform == "win32":
        pytest.skip("no such file name")
    (here / name).write_text("notes")
    result = call("show", name)
    assert result.returncode == 3
    assert result.stderr.startswith("Error: two lines.txt: ")
    assert result.stderr.count("\n") == 1


def test_circuits_are_completed_by_the_shell():
    environment = {
        "_LIPON_EIS_COMPLETE": "bash_complete",
        "COMP_WORDS": "lipon-eis fit --circuit lipon-b",
        "COMP_CWORD": "3",
    }
    code = "from lipon_eis.cli import main; main(prog_name='lipon-eis')"
    result = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert result.stdout.split() == ["plain,lipon-blocking", "plain,lipon-blocking-interface"]


@posix
def test_an_interrupt_while_a_module_is_imported_is_exit_code_130_too(here):
    """Dataclasses are made by exec(), and under ``python -m`` CPython remembers an interrupt that fell into one."""
    (here / "program.py").write_text(
        "import lipon_eis.library\n"
        "from lipon_eis.cli import main\n"
        "def interrupted(name=None):\n"
        "    exec('raise KeyboardInterrupt')\n"
        "lipon_eis.library.circuits = interrupted\n"
        "main(['circuits'])\n"
    )
    done = subprocess.run([sys.executable, "-m", "program"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nError: interrupted\n")
