"""Where a repair leads on to: the pages that show what is behind it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from collector.alarms.kinds import Alarm, CertificateFailedAlarm, CheckFailedAlarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A page that tells more.

    Attributes:
        words: Key of what it is called.
        address: Where it is.
        is_evidence: Whether it is only for those who may read evidence.
    """

    words: str
    address: str
    is_evidence: bool = False


def ways_of(alarm: Alarm) -> Sequence[Way]:
    """The pages behind an alarm, the nearest first; of most there are none."""
    if isinstance(alarm, CheckFailedAlarm):
        return (*_chart(alarm.where), _effects(alarm.where))
    if isinstance(alarm, CertificateFailedAlarm):
        certificate = str(alarm.facts["certificate"])
        touched = urlencode({"certificate": certificate})
        return (
            Way(words="factory.way_certificate", address=f"/certificates/{quote(certificate)}"),
            _effects(""),
            Way(
                words="factory.way_statements",
                address=f"/audit/effects/touched?{touched}",
                is_evidence=True,
            ),
        )
    return ()


def _chart(subject: str) -> Sequence[Way]:
    """The control chart of a channel; what is known by a serial number has none."""
    if "/" not in subject:
        return ()
    return (Way(words="factory.way_chart", address=f"/instruments/{quote(subject)}#checks-1"),)


def _effects(channel: str) -> Way:
    """Of the whole site: amounts of other channels are computed from what was checked."""
    site = channel.partition("/")[0] if "/" in channel else ""
    asked = f"?{urlencode({'channel': f'{site}/'})}" if site else ""
    return Way(words="factory.way_effects", address=f"/audit/effects{asked}", is_evidence=True)
