"""From an installation to an agent with its link to the broker, ready to be started."""

from collections.abc import Callable

from edge_agent.agent import Agent
from edge_agent.assembly import World, attach_uplink, collector_key, open_agent, state_dir
from edge_agent.broker import Broker
from edge_agent.config_errors import ConfigFileError
from edge_agent.installation import Installation
from edge_agent.mqtt_link import MqttLink
from edge_agent.rotate import Rotation, keys_in
from edge_agent.uplink import Uplink
from evidence.clock import Clock
from evidence.errors import Words


def mqtt_link(installation: Installation) -> MqttLink:
    """The link to the configured broker, not started.

    Raises:
        ConfigFileError: the password file or a file of TLS cannot be read.
    """
    settings = installation.config.uplink
    broker = Broker(
        host=settings.host,
        port=settings.port,
        agent=installation.config.agent.id,
        username=settings.username,
        password=_password(installation),
        tls_ca=_file(installation, "tls_ca", settings.tls_ca),
        tls_cert=_file(installation, "tls_cert", settings.tls_cert),
    )
    return MqttLink(broker)


def _file(installation: Installation, key: str, name: str) -> str:
    """The path of a file of TLS; empty if none is named."""
    path = installation.beside(name)
    if name and not path.is_file():
        raise _unreadable(installation, f"uplink.{key}", str(path))
    return str(path) if name else ""


def _password(installation: Installation) -> str:
    name = installation.config.uplink.password_file
    if not name:
        return ""
    try:
        return installation.beside(name).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as wrong:
        found = getattr(wrong, "strerror", None) or type(wrong).__name__
        raise _unreadable(installation, "uplink.password_file", found) from None


def _unreadable(installation: Installation, key: str, found: str) -> ConfigFileError:
    return ConfigFileError(
        str(installation.path), key=key, found=found, limit=Words("a readable file", "可读取的文件")
    )


def connected_agent(
    installation: Installation, clock: Clock, entropy: Callable[[int], bytes]
) -> tuple[Agent, MqttLink, Uplink]:
    """The agent of an installation with its link and uplink; nothing is started.

    Raises:
        ConfigError, KeyMaterialError: the configuration or the key cannot be used.
        SpoolError: the spool cannot be used.
    """
    collector, link = collector_key(installation), mqtt_link(installation)
    agent = keyed_agent(installation, World(clock=clock, entropy=entropy))
    return agent, link, attach_uplink(agent, link, collector)


def keyed_agent(installation: Installation, world: World) -> Agent:
    """The agent of an installation under its key, which changes if another one shall follow.

    Raises:
        KeyMaterialError: a key cannot be used.
        ConfigError, SpoolError: as `open_agent`.
    """
    directory = state_dir(installation)
    key, following = keys_in(directory)
    agent = open_agent(installation, key, world)
    if following is not None:
        agent.rotation = Rotation(directory, key, following)
    return agent
