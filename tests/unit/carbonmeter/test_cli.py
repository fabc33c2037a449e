import os
import subprocess
import sys

import pytest

from carbonmeter.cli import ROOMS, main, usage
from carbonmeter.identify import identify
from evidence.software import VERSION

HEAVY = ("numpy", "scipy", "pymodbus", "paho", "fastapi", "pydantic", "cryptography", "msgspec")


def test_every_command_is_named_in_the_usage() -> None:
    assert all(name in usage() for name in ROOMS)


def test_help_imports_no_room() -> None:
    code = "import sys, carbonmeter.cli as c; c.main(['--help']); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert not [name for name in HEAVY if name in loaded]


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_every_command_has_its_own_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"carbonmeter {name}" in capsys.readouterr().out


def test_an_unknown_command_is_a_usage_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brew"]) == 2
    assert "no command 'brew'" in capsys.readouterr().err


def test_without_a_command_the_usage_is_shown_and_the_exit_code_says_so() -> None:
    assert main([]) == 2


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"carbonmeter {VERSION}\n"


def test_identify_tells_the_metrological_code_and_the_profiles_apart() -> None:
    version, code, profiles = identify().splitlines()
    assert version == f"carbonmeter {VERSION}"
    assert code.split(":")[1] != profiles.split(":")[1]
    assert len(code.split(":")[1]) == 64


def test_a_reader_who_stops_reading_leaves_no_traceback() -> None:
    receiver, sender = os.pipe()
    os.close(receiver)
    command = [sys.executable, "-m", "carbonmeter.cli", "profile", "list", "--json"]
    done = subprocess.run(command, stdout=sender, stderr=subprocess.PIPE, check=False)
    os.close(sender)
    assert done.stderr == b""
    assert done.returncode == 69


@pytest.mark.parametrize(
    ("module", "extra"), [("lxml", "dcc"), ("jinja2", "analysis"), ("scipy", "analysis")]
)
def test_what_is_not_installed_is_named_with_its_extra(
    module: str, extra: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError(name=f"{module}.part")

    monkeypatch.setattr("carbonmeter.cli.import_module", missing)
    assert main(["calibration", "fit"]) == 69
    assert f"pip install 'carbonmeter[{extra}]'" in capsys.readouterr().err


def test_a_closed_output_is_no_fault() -> None:
    command = f"{sys.executable} -m carbonmeter.cli profile list >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
