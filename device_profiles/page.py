"""A device's page for people, in English or Chinese, as Markdown (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from device_profiles.dialects import requests_of
from device_profiles.hj212.profile import Hj212Profile
from device_profiles.model import DeviceProfile
from device_profiles.page_items import item_table, line_rows
from device_profiles.page_tables import (
    accuracy_rows,
    channel_table,
    identity_rows,
    setting_rows,
    status_rows,
)
from device_profiles.page_words import Language, label
from device_profiles.plan import plan_reads
from device_profiles.register_model import ModbusProfile
from device_profiles.spoken import SPOKEN

NETWORK_LINES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "hj212": (
            'kind = "hj212"',
            'host = "0.0.0.0"   # the address of this machine on which loggers connect',
            "port = 9212",
            "timeout_s = 30",
        )
    }
)
"""The lines of agent.toml that reach devices which are on no line of bytes."""


def device_page(profile: DeviceProfile, language: Language) -> str:
    """The page of a profile: title, sources, line, parameters, agent.toml, channels, words."""
    other = f"{profile.id}.zh.md" if language == "en" else f"{profile.id}.md"
    title = profile.title.zh if language == "zh" else profile.title.en
    stop = label("stop", language)
    named = f"{label('profile', language)} `{profile.id}`{stop}"
    blocks = [
        f"# {profile.maker} {profile.model}",
        f"{title}{stop} {named} [{label('other', language)}]({other})",
        label("untried", language),
        *_sources(profile, language),
        *_line(profile, language),
        *_parameters(profile, language),
        f"## {label('configure', language)}",
        f"```toml\n{agent_lines(profile)}```",
        f"## {label('channels', language)}",
        *_channels(profile, language),
        *_words(profile, language),
    ]
    return "\n\n".join(blocks) + "\n"


def index_page(profiles: Iterable[DeviceProfile], language: Language) -> str:
    """The list of all devices, with a link to the page of each."""
    suffix = ".zh.md" if language == "zh" else ".md"
    other = "index.md" if language == "zh" else "index.zh.md"
    rows = [
        [f"[`{row[0]}`]({row[0]}{suffix})", *row[1:]]
        for row in (overview(profile, language) for profile in profiles)
    ]
    heads = [label(word, language) for word in ("profile", "device", "grade", "channels", "reads")]
    blocks = [
        f"# {label('devices', language)}",
        f"{label('generated', language)} [{label('other', language)}]({other})",
        f"{label('grades', language)} {label('untried', language)}",
        label("how", language),
        _table(heads, rows),
    ]
    return "\n\n".join(blocks) + "\n"


def page_files(profiles: Sequence[DeviceProfile]) -> dict[str, str]:
    """The text of every page, by file name: two a device, and two lists."""
    files = {"index.md": index_page(profiles, "en"), "index.zh.md": index_page(profiles, "zh")}
    for profile in profiles:
        files[f"{profile.id}.md"] = device_page(profile, "en")
        files[f"{profile.id}.zh.md"] = device_page(profile, "zh")
    return files


def overview(profile: DeviceProfile, language: Language) -> list[str]:
    """A profile in one row: id, device, grades of its sources, channels, reads."""
    title = profile.title.zh if language == "zh" else profile.title.en
    grades = ", ".join(sorted({source.grade for source in profile.sources}))
    names = [channel.name for channel in profile.channels]
    counts = [str(len(profile.channels)), str(len(requests_of(profile, names)))]
    return [profile.id, f"{profile.maker} {profile.model}: {title}", grades, *counts]


def agent_lines(profile: DeviceProfile) -> str:
    """The lines of agent.toml that poll one such device."""
    modbus = isinstance(profile, ModbusProfile)
    reached = ('kind = "modbus-tcp"', 'host = "192.0.2.10"') if modbus else _wire_lines(profile)
    lines = [
        "[[lines]]",
        'name = "line-1"',
        *reached,
        "",
        "[[lines.devices]]",
        'name = "feeder-1"',
        f'profile = "{profile.id}"',
        'serial = "SERIAL-ON-THE-TYPE-PLATE"',
        _address_line(profile),
        *_period_lines(profile),
    ]
    if profile.parameters:
        values = (f"{name} = {each.default:.15g}" for name, each in profile.parameters.items())
        lines.append(f"parameters = {{ {', '.join(values)} }}")
    return "\n".join(lines) + "\n"


def _wire_lines(profile: DeviceProfile) -> tuple[str, ...]:
    if profile.protocol not in SPOKEN:
        return NETWORK_LINES.get(profile.protocol, ())
    return ('kind = "serial"', 'path = "/dev/ttyUSB0"')


def _address_line(profile: DeviceProfile) -> str:
    if isinstance(profile, ModbusProfile):
        return f"unit_id = {profile.modbus.unit_id}"
    if isinstance(profile, Hj212Profile):
        return 'address = "MN-OF-THE-LOGGER"'
    spoken = SPOKEN.get(profile.protocol)
    return f'address = "{spoken.lone_address}"' if spoken else "# its address stands on the line"


def _period_lines(profile: DeviceProfile) -> tuple[str, ...]:
    """How often it is polled; data of an interval are there some minutes after its end."""
    covers = {"2061": 3600, "2031": 86_400}
    if not isinstance(profile, Hj212Profile) or profile.hj212.command not in covers:
        return ("period_s = 60",)
    period_s = covers[profile.hj212.command]
    ahead_s = round(profile.hj212.zone.utcoffset(None).total_seconds())
    return (f"period_s = {period_s}", f"phase_s = {(300 - ahead_s) % period_s}")


def _sources(profile: DeviceProfile, language: Language) -> Iterator[str]:
    heads = [label(word, language) for word in ("key", "document", "page", "grade", "note")]
    rows = [
        [source.key, source.document, source.page, source.grade, source.note or ""]
        for source in profile.sources
    ]
    yield f"## {label('sources', language)}"
    yield label("grades", language)
    yield _table(heads, rows)


def _channels(profile: DeviceProfile, language: Language) -> Iterator[str]:
    registers = isinstance(profile, ModbusProfile)
    yield label("addresses" if registers else "required", language)
    table = channel_table(profile, language) if isinstance(profile, ModbusProfile) else None
    yield _table(*(table or item_table(profile, language)))


def _line(profile: DeviceProfile, language: Language) -> Iterator[str]:
    yield f"## {label('line', language)}"
    if isinstance(profile, ModbusProfile):
        yield _modbus_line(profile, language)
    else:
        yield _table(["", profile.protocol], line_rows(profile, language))


def _modbus_line(profile: ModbusProfile, language: Language) -> str:
    traits = profile.modbus
    facts: list[tuple[str, object]] = [
        ("unit_id", traits.unit_id),
        ("function", traits.function),
        ("word_order", traits.word_order),
        ("max_registers", traits.max_registers),
        ("gap_registers", traits.gap_registers),
        ("aligned_reads", label("yes" if traits.aligned_reads else "no", language)),
        ("reads", len(plan_reads(profile))),
    ]
    return _table(["", "Modbus"], [[label(word, language), str(fact)] for word, fact in facts])


def _parameters(profile: DeviceProfile, language: Language) -> Iterator[str]:
    if not profile.parameters:
        return
    heads = [label(word, language) for word in ("parameters", "default", "unit", "meaning")]
    rows = [
        [f"`{name}`", f"{each.default:.15g}", f"`{each.unit}`", each.meaning]
        for name, each in profile.parameters.items()
    ]
    yield f"## {label('parameters', language)}"
    yield _table(heads, rows)


def _words(profile: DeviceProfile, language: Language) -> Iterator[str]:
    """The tables of status words, identity, settings and accuracy that the profile has."""
    if not isinstance(profile, ModbusProfile):
        return
    tables = (
        ("status", ("word", "where", "when", "condition", "channels", "note"), status_rows),
        ("identity", ("what", "where", "expected", "source", "note"), identity_rows),
        ("settings", ("setting", "where", "expected", "source", "note"), setting_rows),
        ("accuracy", ("meaning", "channels", "source"), accuracy_rows),
    )
    for heading, heads, rows_of in tables:
        rows = rows_of(profile, language)
        if rows:
            yield f"## {label(heading, language)}"
            yield _table([label(word, language) for word in heads], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
