"""[page] in agent.toml: on this machine alone without a token, elsewhere with one."""

from pathlib import Path

import pytest

from edge_agent.assembly import open_agent
from edge_agent.config_errors import ConfigError, ConfigFileError, ConfigLimitError
from edge_agent.config_parse import is_loopback, parse_config
from edge_agent.installation import load_installation
from edge_agent.page.server import PageServer, page_of
from evidence.clock import SteppedClock
from tests.unit.edge_agent.site import CONFIG, KEY, START_NS, device, world, write_site


def with_page(page: str) -> bytes:
    text = CONFIG.format(port=502, devices=device(), limit_MiB=64)
    return text.replace("[batch]", f"[page]\n{page}\n[batch]").encode()


def test_a_page_is_shown_on_this_machine_alone_if_nothing_is_said() -> None:
    page = parse_config(with_page(""), "agent.toml").page
    assert page is not None
    assert (page.host, page.port, page.token_file) == ("127.0.0.1", 8079, "")
    assert parse_config(with_page("").replace(b"[page]", b""), "agent.toml").page is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "gateway", "127.0.0.1.example"])
def test_elsewhere_it_needs_a_token(host: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse_config(with_page(f'host = "{host}"'), "agent.toml")
    assert wrong.value.code == "E_CONFIG_MISSING_KEY"
    assert "page.token_file" in wrong.value.say("en")
    assert parse_config(with_page(f'host = "{host}"\ntoken_file = "t"'), "agent.toml").page


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.4.0.1", "::1"])
def test_on_loopback_it_does_not(host: str) -> None:
    assert is_loopback(host)
    assert parse_config(with_page(f'host = "{host}"'), "agent.toml").page


def made(folder: Path, token: bytes | None) -> PageServer | None:
    """The page of an agent whose token is this."""
    if token is not None:
        (folder / "token").write_bytes(token)
    path = write_site(folder)
    path.write_bytes(with_page('host = "0.0.0.0"\ntoken_file = "token"'))
    agent = open_agent(load_installation(path), KEY, world(SteppedClock(START_NS)))
    try:
        return page_of(agent)
    finally:
        agent.spool.close()


def test_a_token_is_a_line_of_a_file(tmp_path: Path) -> None:
    assert made(tmp_path, b"0123456789abcdef\n") is not None


@pytest.mark.parametrize(
    "token", [b"", b"short\n", b"0123456789 abcdef\n", b"0123456789abcdef\nsecond\n", b"\xff" * 20]
)
def test_a_token_that_is_none_is_refused_and_never_quoted(tmp_path: Path, token: bytes) -> None:
    with pytest.raises(ConfigLimitError) as wrong:
        made(tmp_path, token)
    assert "page.token_file" in str(wrong.value)
    assert "0123456789" not in str(wrong.value)


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match="token_file"):
        made(tmp_path, None)
