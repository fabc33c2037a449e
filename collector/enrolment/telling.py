"""The broker is told who counts: its files written anew, and read by it again."""

from dataclasses import dataclass

from collector.enrolment.broker_files import read_place, tell_broker, write_broker
from collector.enrolment.files import read_authority
from collector.enrolment.registrar import Registrar
from evidence.errors import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of the broker's files.

    Attributes:
        written: Those that were written.
        untold: Why a running broker was not told; None if it was, or had no need to be.
    """

    written: tuple[str, ...] = ()
    untold: Words | None = None


def tell(registrar: Registrar, *, always: bool = False) -> Told:
    """Writes the broker's files anew where they say something else, and lets it read them.

    Args:
        registrar: Whose agents they are.
        always: Let it read them also if none was written.

    Raises:
        BrokerFilesError: A file cannot be read or written.
    """
    state_dir = registrar.config.state_dir
    place, authority = read_place(state_dir), read_authority(state_dir)
    if place is None or authority is None:
        return Told()
    with registrar.alone():
        written = write_broker(state_dir, place, authority, registrar.standing())
    return Told(written=written, untold=tell_broker(place) if written or always else None)
