"""[influx] of collector.toml: what is read, and which secrets are taken."""

from pathlib import Path

import pytest

from collector.cli import collector
from collector.config import load_config, parse_config
from collector.errors import ConfigFileError, ConfigModeError, ConfigValueError
from collector.service import views_of
from collector.views.influx_view import InfluxView
from collector.views.set_up import influx_secrets
from evidence.clock import SystemClock

TOP = '[collector]\nid = "works"\nstate_dir = "state"\n[influx]\n'
WHOLE = (
    'url = "https://influx.example:8086/proxy"\napi = "2"\nbucket = "plant"\norg = "works"\n'
    'token_file = "token"\nca_file = "/etc/ca.pem"\nkeep_days = 90\n'
)


def test_a_whole_section_is_read_with_paths_beside_the_file() -> None:
    config = parse_config((TOP + WHOLE).encode(), "collector.toml", Path("/srv"))
    section = config.influx
    assert section is not None
    assert (section.token_file, section.ca_file) == ("/srv/token", "/etc/ca.pem")
    assert (section.database, section.timeout_s, section.reconcile_s) == ("carbonmeter", 30, 3600)
    assert section.target == "https://influx.example:8086/proxy carbonmeter plant works"


@pytest.mark.parametrize(
    "line",
    [
        'url = "influx.example:8086"',
        'url = "http://user:secret@influx.example"',
        'url = "http://influx.example/?db=x"',
        'api = "2"',
        'url = "http://i"\napi = "4"',
        'url = "http://i"\ntimeout_s = 0',
        'url = "http://i"\nkeep_days = 0',
    ],
)
def test_what_cannot_be_meant_is_refused(line: str) -> None:
    with pytest.raises(ConfigValueError):
        parse_config((TOP + line).encode(), "collector.toml", Path("/srv"))


def test_a_secret_that_others_may_read_is_refused_before_the_collector_begins(
    tmp_path: Path,
) -> None:
    path = tmp_path / "collector.toml"
    assert collector(["init", "--config", str(path)]) == 0
    path.write_text(f'{path.read_text()}\n[influx]\nurl = "http://127.0.0.1:1"\ntoken_file = "t"\n')
    config = load_config(path)
    with pytest.raises(ConfigFileError):
        views_of(config, SystemClock())
    (tmp_path / "t").write_text("the-token\nmore\n")
    (tmp_path / "t").chmod(0o644)
    with pytest.raises(ConfigModeError, match="0644"):
        views_of(config, SystemClock())
    (tmp_path / "t").chmod(0o600)
    (view,) = views_of(config, SystemClock())
    assert isinstance(view, InfluxView)
    assert config.influx is not None
    assert influx_secrets(config.influx).token == "the-token"  # noqa: S105 - the test's


def test_without_the_section_there_is_no_view() -> None:
    config = parse_config(TOP.removesuffix("[influx]\n").encode(), "collector.toml", Path("/srv"))
    assert views_of(config, SystemClock()) == ()
