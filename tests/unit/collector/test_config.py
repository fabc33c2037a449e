"""collector.toml: what is read, and how a mistake in it is named."""

import tomllib
from pathlib import Path

import jsonschema
import msgspec
import pytest

from collector.config import (
    MAX_BYTES,
    SCHEMA,
    BrokerSection,
    load_config,
    parse_config,
    pinned_agents,
    schema_text,
)
from collector.errors import (
    AgentEntryError,
    ConfigError,
    ConfigFileError,
    ConfigModeError,
    ConfigSyntaxError,
    ConfigValueError,
    UnknownKeyConfigError,
)
from collector.private_files import broker_password, receipt_key
from evidence.errors import KeyAlgorithmError, KeyFileError, KeyTextError
from evidence.load import write_signing_key
from evidence.log.key import Algorithm, generate
from evidence.statement.declaration.book import Declarations
from evidence.statement.declaration.content import Declaration
from tests.unit.collector.agent_log import SIGNER, key_of

LINE = key_of("boiler-2").verifier.to_text()
OTHER_LINE = generate("boiler-2", b"n" * 32).verifier.to_text()
MINIMAL = '[collector]\nid = "plant-3"\nstate_dir = "state"\n'
FULL = f"""
[collector]
id = "plant-3"
state_dir = "state"
key_file = "/etc/carbonmeter/collector.key"
accept_simulated_clock = true

[broker]
host = "broker.example"
port = 8883
username = "collector"
password_file = "password"
[broker.tls]
ca_file = "ca.pem"

[api]
host = "0.0.0.0"
port = 9000

[[agents]]
id = "boiler-2"
site = "hall-1"
key = "{LINE}"

[[agents]]
id = "boiler-2"
site = "hall-1"
key = "{OTHER_LINE}"
revoked = true
"""


def test_a_minimal_file_gets_the_stated_defaults() -> None:
    config = parse_config(MINIMAL.encode(), "collector.toml", Path("/srv/plant"))
    assert config.broker == BrokerSection(host="127.0.0.1", port=1883)
    assert (config.api.host, config.api.port) == ("127.0.0.1", 8080)
    assert config.collector.accept_simulated_clock is False
    assert config.state_dir == Path("/srv/plant/state")
    assert config.key_file == Path("/srv/plant/state/collector.key")
    assert pinned_agents(config).ids() == ()


def test_a_full_file_is_read_with_paths_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "collector.toml"
    path.write_text(FULL)
    config = load_config(path)
    assert config.key_file == Path("/etc/carbonmeter/collector.key")
    assert config.broker.password_file == str(tmp_path / "password")
    assert config.broker.tls is not None
    assert config.broker.tls.ca_file == str(tmp_path / "ca.pem")
    assert config.broker.tls.cert_file is None
    assert config.collector.accept_simulated_clock
    assert config.sites() == {"boiler-2": "hall-1"}
    agents = pinned_agents(config)
    assert agents.ids() == ("boiler-2",)
    assert sorted(owner.revoked for owner in agents.owners.values()) == [False, True]


def entry(agent: str, site: str, key: str) -> str:
    return f'[[agents]]\nid = "{agent}"\nsite = "{site}"\nkey = "{key}"\n'


WRONG: dict[str, tuple[str, type[ConfigError], str]] = {
    "unknown table": (MINIMAL + "[brokre]\n", UnknownKeyConfigError, "brokre"),
    "unknown key": (MINIMAL + "[broker]\nhots = 'x'\n", UnknownKeyConfigError, r"\[broker\].*hots"),
    "missing table": ("", ConfigValueError, "collector"),
    "missing key": ('[collector]\nid = "a"\n', ConfigValueError, "collector: .*state_dir"),
    "port too large": (MINIMAL + "[api]\nport = 65536\n", ConfigValueError, r"api\.port.*65535"),
    "port as text": (MINIMAL + "[api]\nport = '80'\n", ConfigValueError, r"api\.port.*int"),
    "id with a slash": (MINIMAL.replace("plant-3", "a/b"), ConfigValueError, r"collector\.id"),
    "empty path": (MINIMAL.replace('"state"', '""'), ConfigValueError, r"collector\.state_dir"),
    "not TOML": ("[collector\n", ConfigSyntaxError, "line 1"),
    "same key twice": (MINIMAL + "id = 'x'\n", ConfigSyntaxError, "E_CONFIG_TOML"),
    "password alone": (MINIMAL + "[broker]\npassword_file = 'p'\n", ConfigValueError, "username"),
    "half a TLS pair": (
        MINIMAL + "[broker.tls]\ncert_file = 'c'\n",
        ConfigValueError,
        r"broker\.tls",
    ),
    "one key twice": (
        MINIMAL + entry("a", "s", LINE) + entry("b", "s", LINE),
        AgentEntryError,
        "agent b: .*pinned twice",
    ),
    "two sites": (
        MINIMAL + entry("a", "s", LINE) + entry("a", "t", OTHER_LINE),
        AgentEntryError,
        "agent a: .*'s' and on 't'",
    ),
}


@pytest.mark.parametrize(("text", "kind", "named"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_file_and_key(
    text: str, kind: type[ConfigError], named: str
) -> None:
    with pytest.raises(kind, match=named) as caught:
        parse_config(text.encode(), "collector.toml", Path("/"))
    assert "collector.toml" in str(caught.value)
    assert "{what}" not in caught.value.say("zh")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("boiler-2+12345678+AAAA", KeyTextError),
        (key_of("boiler-2").to_text(), KeyTextError),
        (SIGNER.verifier.to_text(), KeyAlgorithmError),
    ],
)
def test_a_key_that_is_no_agents_key_is_refused_at_its_place(
    line: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match=r"collector\.toml agents\[0\]|boiler-2|collector-1") as caught:
        parse_config((MINIMAL + entry("a", "s", line)).encode(), "collector.toml", Path("/"))
    assert "PRIVATE" not in str(caught.value)


def test_bytes_that_are_no_text_and_files_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigSyntaxError):
        parse_config(b"\xff", "collector.toml", Path("/"))
    with pytest.raises(ConfigSyntaxError):
        parse_config(b"a = " + b"[" * 100_000, "collector.toml", Path("/"))
    (tmp_path / "big.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigFileError, match="262144"):
        load_config(tmp_path / "big.toml")
    with pytest.raises(ConfigFileError, match="No such file"):
        load_config(tmp_path / "absent.toml")


def test_the_receipt_key_is_a_cosignature_key_in_a_private_file(tmp_path: Path) -> None:
    config = parse_config(MINIMAL.encode(), "collector.toml", tmp_path)
    config.state_dir.mkdir()
    with pytest.raises(KeyFileError):
        receipt_key(config)
    write_signing_key(config.key_file, SIGNER)
    assert receipt_key(config) == SIGNER
    config.key_file.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        receipt_key(config)
    config.key_file.unlink()
    write_signing_key(config.key_file, generate("collector-1", b"c" * 32, Algorithm.ED25519))
    with pytest.raises(KeyAlgorithmError):
        receipt_key(config)


def test_the_password_is_the_first_line_of_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    section = BrokerSection(username="collector", password_file=str(path))
    assert broker_password(BrokerSection()) is None
    with pytest.raises(ConfigFileError, match="No such file"):
        broker_password(section)
    path.write_bytes("密 word\r\nsecond line".encode())
    path.chmod(0o600)
    assert broker_password(section) == "密 word"
    path.chmod(0o604)
    with pytest.raises(ConfigModeError, match="0604"):
        broker_password(section)
    path.chmod(0o600)
    path.write_bytes(b"\xff\n")
    with pytest.raises(ConfigFileError, match="UTF-8"):
        broker_password(section)


def test_the_published_schema_is_the_programs_own() -> None:
    assert SCHEMA.read_text() == schema_text()


def test_the_published_schema_agrees_with_the_program() -> None:
    schema = msgspec.json.decode(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(tomllib.loads(MINIMAL))
    assert validator.is_valid(tomllib.loads(FULL))
    for name in ("unknown table", "unknown key", "missing key", "port too large", "port as text"):
        assert not validator.is_valid(tomllib.loads(WRONG[name][0])), name


ABOUT = """[[record.about]]
of = "{}"
declared_by = "Q. Ma"
declared_on = 2026-04-01
{}
"""


def test_what_people_declare_of_activity_data_is_read() -> None:
    text = MINIMAL + ABOUT.format("jinan", 'time_zone = "Asia/Urumqi"')
    (found,) = parse_config(text.encode(), "collector.toml", Path("/")).record.about
    assert (found.of, found.time_zone) == ("jinan", "Asia/Urumqi")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ABOUT.format("jinan", 'time_zone = "Asia/Jinan"'), "no time zone: Asia/Jinan"),
        (ABOUT.format("jinan", "") + ABOUT.format("jinan", ""), "about: twice jinan"),
        (ABOUT.format("jinan", 'withhold = ["quantity.value"]'), "quantity.value"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused_by_its_place(text: str, says: str) -> None:
    with pytest.raises(ConfigValueError, match=says) as refused:
        parse_config((MINIMAL + text).encode(), "collector.toml", Path("/"))
    assert "record" in str(refused.value)


def test_the_declaration_in_the_reference_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/record.md").read_text("utf-8")
    entered, section = (each.partition("```")[0] for each in page.split("```toml\n")[1:])
    told = msgspec.toml.decode(entered, type=Declaration)
    assert (told.of, told.rating and told.rating.best) == ("jinan/line-1", 1)
    text = section.replace("<64 digits of the statement>", "0" * 64)
    found = parse_config((MINIMAL + text).encode(), "collector.toml", Path("/")).record
    declared = found.with_journal(Declarations())
    assert [each.by for each in declared.of("jinan/line-1/energy", "0" * 64, 0)] == ["Q. Ma"]
    verified = declared.verification_of("0" * 64)
    assert verified is not None
    assert (verified.told, verified.by) == (found.verifications[0], "Q. Ma")
    assert declared.verification_of("1" * 64) is None
