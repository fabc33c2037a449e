"""What the agent says of itself: dated records, by a closed vocabulary. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from device_profiles.errors import ProfileError
from edge_agent.config_lines import DeviceSettings
from edge_agent.outbox import Broken
from edge_agent.spool_log import LogState
from edge_agent.spool_start import Found
from evidence.clock_standing import ClockStanding
from evidence.log.batch import Record, RecordKind
from evidence.log.key import Verifier

NS_PER_MS = 1_000_000
MOST_FINDINGS = 8


def epoch_opened(found: Found, at_ms: int, stamp_ms: int) -> tuple[Record, ...]:
    """Why a new log begins, by what was found at the start.

    What a damaged or lost spool held and cannot tell is a gap, from the last stamp known.
    """
    facts: dict[str, str | int | float] = {"reason": found.reason}
    facts |= {"former_epoch": found.former} if found.former else {}
    facts |= {"finding": found.what[:200]} if found.what else {}
    if found.reason == "damaged":
        facts |= {"kept_leaves": found.leaves, "kept_pending": found.pending}
    opened = Record(kind=RecordKind.EPOCH_OPENED, at_ms=at_ms, facts=facts)
    if found.reason in ("new", ""):
        return (opened,)
    return (opened, gap(min(stamp_ms or at_ms, at_ms), at_ms, f"spool_{found.reason}"))


def epoch_broken(broken: Broken, base: int, at_ms: int) -> tuple[Record, ...]:
    """Why a new log begins, by what the collector signed."""
    facts: dict[str, str | int | float] = {
        "reason": broken.reason,
        "former_epoch": broken.former,
        "receipted_size": broken.size,
    }
    if broken.reason == "collector_set_back":
        facts |= {"released_size": base}
    return (Record(kind=RecordKind.EPOCH_OPENED, at_ms=at_ms, facts=facts),)


def key_announced(following: Verifier, at_ms: int) -> Record:
    """Which key will sign the next epoch; said under the one before it."""
    return Record(kind=RecordKind.KEY, at_ms=at_ms, facts={"successor": following.to_text()})


def key_rotated(
    keys: tuple[Verifier, Verifier], log: LogState, receipted: int, at_ms: int
) -> Record:
    """Why a new log begins under another key, and where the one before it ended."""
    former, following = keys
    facts: dict[str, str | int | float] = {
        "reason": "key_rotated",
        "former_epoch": log.epoch,
        "former_size": log.size,
        "receipted_size": receipted,
        "former_key": former.to_text(),
        "key": following.to_text(),
    }
    return Record(kind=RecordKind.EPOCH_OPENED, at_ms=at_ms, facts=facts)


def restarted(stamp_ms: int, at_ms: int, pending: int) -> Record:
    """The agent was not running from its last stamp until now."""
    return Record(
        kind=RecordKind.RESTART,
        at_ms=min(stamp_ms or at_ms, at_ms),
        until_ms=at_ms,
        facts={"pending": pending},
    )


def configured_as(sha256: str, before: str, at_ms: int) -> Record:
    """The configuration is another one from now on."""
    facts = {"sha256": sha256} | ({"former_sha256": before} if before else {})
    return Record(kind=RecordKind.CONFIGURATION, at_ms=at_ms, facts=facts)


def clock_stepped(step_ms: int, at_ms: int) -> Record:
    """The wall clock was set by `step_ms`; `at_ms` is what it showed after."""
    return Record(
        kind=RecordKind.CLOCK_STEP,
        at_ms=at_ms,
        facts={"step_ms": step_ms, "before_ms": at_ms - step_ms},
    )


def clock_state(
    standings: tuple[ClockStanding, ClockStanding],
    bound_s: float | None,
    since_ms: int | None,
    at_ms: int,
) -> Record:
    """How the clock stands from now on: to within what, and when it was last known to be right."""
    former, standing = standings
    facts: dict[str, str | int | float] = {"former": former.value, "standing": standing.value}
    facts |= {} if bound_s is None else {"bound_s": bound_s}
    facts |= {} if since_ms is None else {"since_ms": since_ms}
    return Record(kind=RecordKind.CLOCK_STATE, at_ms=at_ms, facts=facts)


def gap(at_ms: int, until_ms: int | None, cause: str, channel: str = "") -> Record:
    """Nothing was read from `at_ms` on; until `until_ms`, or it is not over yet."""
    return Record(
        kind=RecordKind.GAP, at_ms=at_ms, until_ms=until_ms, channel=channel, facts={"cause": cause}
    )


def spool_at(level: str, used: Mapping[str, int], at_ms: int) -> Record:
    """How full the spool is from now on, and so what is kept."""
    return Record(kind=RecordKind.SPOOL_LIMIT, at_ms=at_ms, facts={"level": level, **used})


def identity(device: str, findings: Iterable[ProfileError], at_ms: int) -> Record:
    """What does not fit about a device from now on; with no finding, everything fits again."""
    found = list(findings)
    facts: dict[str, str | int | float] = {"device": device, "findings": len(found)}
    for place, each in enumerate(found[:MOST_FINDINGS]):
        facts[f"finding_{place}"] = each.say("en")[:200]
    return Record(kind=RecordKind.IDENTITY, at_ms=at_ms, facts=facts)


def exchange_records(site: str, devices: Iterable[DeviceSettings]) -> Iterator[tuple[str, Record]]:
    """A record for each channel of each meter exchange, with a key that tells it from others."""
    for device in devices:
        for exchange in device.exchanges:
            at_ms = round(exchange.at.timestamp() * 1000)
            for name, closing in exchange.closing.items():
                channel = f"{site}/{device.name}/{name}"
                record = Record(
                    kind=RecordKind.EXCHANGE,
                    at_ms=at_ms,
                    channel=channel,
                    facts={
                        "old_serial": exchange.old_serial,
                        "new_serial": exchange.new_serial,
                        "closing": closing,
                        "opening": exchange.opening[name],
                    },
                )
                facts = "/".join(str(fact) for fact in record.facts.values())
                yield f"exchange {channel} {at_ms} {facts}", record
