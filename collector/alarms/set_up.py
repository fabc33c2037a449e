"""The alarms that a configuration asks for."""

from collections.abc import Callable, Iterable

from collector.alarms.config import AlarmSection
from collector.alarms.looking import Sight
from collector.alarms.mail import Mail
from collector.alarms.thread import AlarmThread, Receiver, Round
from collector.alarms.webhook import Webhook, secret_of
from collector.api.parts import Parts
from collector.config import CollectorConfig
from collector.private_files import secret_line
from evidence.clock import Clock


def receivers_of(config: CollectorConfig) -> list[Receiver]:
    """Who is told.

    Raises:
        ConfigFileError: a secret cannot be read, or others than its owner may.
        AlarmSecretError: the webhook's is none.
    """
    section, collector = config.alarms, config.collector.id
    found: list[Receiver] = []
    if section.webhook is not None:
        line = secret_line(section.webhook.secret_file) or ""
        key = secret_of(line, section.webhook.secret_file)
        found.append(Webhook(section.webhook, key, collector))
    if section.mail is not None:
        found.append(Mail(section.mail, secret_line(section.mail.password_file), collector))
    return found


def alarm_thread(
    config: CollectorConfig,
    parts: Parts,
    clock: Clock,
    throttled: Callable[[], Iterable[tuple[str, str]]] = tuple,
) -> AlarmThread | None:
    """Looks for alarms, not started; None under a simulated clock, whose silence is no silence.

    Raises:
        ConfigFileError, AlarmSecretError: as `receivers_of`.
    """
    receivers = receivers_of(config)  # a secret that is none is refused at the start
    if clock.simulated:
        return None
    return AlarmThread(Round(_sight(config, parts, config.alarms, throttled), receivers, clock))


def _sight(
    config: CollectorConfig,
    parts: Parts,
    section: AlarmSection,
    throttled: Callable[[], Iterable[tuple[str, str]]],
) -> Sight:
    return Sight(
        parts=parts,
        state_dir=config.state_dir,
        section=section,
        collector=config.collector.id,
        backup=config.backup,
        throttled=throttled,
    )
