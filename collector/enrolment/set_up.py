"""`collector broker`: an authority is made, and the files of a mosquitto are written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from collector.enrolment.authority import new_authority, new_key
from collector.enrolment.broker_files import read_place, write_place
from collector.enrolment.broker_text import BrokerPlace
from collector.enrolment.errors import BrokerFilesError
from collector.enrolment.files import read_authority, unusable, write_authority
from collector.enrolment.registrar import Registrar
from collector.enrolment.telling import Told, tell
from evidence.clock import NS_PER_S
from evidence.errors import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command was told; None or empty for what stands already, or the usual.

    Attributes:
        directory: The broker's folder.
        hosts: The names and addresses that it is reached by.
        port: Of TLS.
        listen: The address that it listens on.
        user: Whom it runs as.
    """

    directory: Path | None
    hosts: tuple[str, ...] = ()
    port: int | None = None
    listen: str | None = None
    user: str | None = None


def set_up(registrar: Registrar, asked: Asked) -> tuple[BrokerPlace, Told]:
    """Where the broker has its files now, and what was written.

    An authority that is there is kept, and so is each certificate that is not due.

    Raises:
        BrokerFilesError: Nothing says where, or a file cannot be used.
    """
    state_dir = registrar.config.state_dir
    with registrar.alone():
        place = _placed(read_place(state_dir), asked)
        try:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise unusable(state_dir, problem) from problem
        if read_authority(state_dir) is None:
            now = datetime.fromtimestamp(registrar.clock.now_ns() // NS_PER_S, UTC)
            name = f"{registrar.config.collector.id[:50]} broker CA"
            write_authority(state_dir, new_authority(name, new_key(), now))
        write_place(state_dir, place)
    return place, tell(registrar)


def _placed(before: BrokerPlace | None, asked: Asked) -> BrokerPlace:
    if before is None and (asked.directory is None or not asked.hosts):
        what = Words("the folder and --host are needed", "需要目录和 --host")
        raise BrokerFilesError("collector broker", what=what)
    place = before or BrokerPlace(directory=Path(), hosts=())
    found = BrokerPlace(
        directory=place.directory if asked.directory is None else asked.directory.resolve(),
        hosts=tuple(map(_canonical, asked.hosts)) or place.hosts,
        port=place.port if asked.port is None else asked.port,
        listen=place.listen if asked.listen is None else asked.listen,
        user=place.user if asked.user is None else asked.user,
    )
    _require_sound(found)
    return found


def _canonical(host: str) -> str:
    """An address in its one form; a name as it is."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower()


def _require_sound(place: BrokerPlace) -> None:
    """Returns if nothing could begin another line of the broker's configuration."""
    texts = (str(place.directory), place.listen, place.user, *place.hosts)
    if any(not text.isprintable() or not text.isascii() for text in texts):
        what = Words("a name has other characters than ASCII", "名称含非 ASCII 字符")
        raise BrokerFilesError("collector broker", what=what)
    if any(" " in text for text in texts) or not 1 <= place.port <= 65535:
        what = Words("a name has a blank, or the port is none", "名称含空格，或端口无效")
        raise BrokerFilesError("collector broker", what=what)
