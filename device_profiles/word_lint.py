"""What can be wrong with status words, identity and settings (pure): every finding."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from device_profiles.errors import (
    AddressError,
    CitationError,
    IdentityError,
    LimitError,
    ParameterError,
    ProfileError,
    SourceError,
    StatusError,
    UnknownChannelError,
)
from device_profiles.formats import limits, word_count
from device_profiles.identity_model import IdentityField, Readback
from device_profiles.nearest import nearest
from device_profiles.phrase import Words
from device_profiles.plan import limit_of
from device_profiles.register_model import ModbusProfile
from device_profiles.status_model import Mark, StatusWord
from device_profiles.word_source import AnySource, TextSource
from device_profiles.words import place_of


def word_findings(profile: ModbusProfile, where: str) -> Iterator[ProfileError]:
    """Every finding about words that are no quantity, file `where`."""
    yield from _cited(profile, where)
    yield from _twice((word.name for word in profile.status), "status", where)
    yield from _twice((each.name for each in profile.readback), "readback", where)
    for word in profile.status:
        key = f"status[{word.name}]"
        yield from _place(profile, word.source, where, f"{key}.source")
        for index, mark in enumerate(word.marks):
            yield from _mark(profile, word, mark, where, f"{key}.marks[{index}]")
    for field in profile.identity:
        yield from _field(profile, field, where, f"identity[{field.what}]")
    for setting in profile.readback:
        yield from _setting(profile, setting, where, f"readback[{setting.name}]")
    for index, accuracy in enumerate(profile.accuracy):
        yield from _channels(profile, accuracy.channels, where, f"accuracy[{index}].channels")


def _cited(profile: ModbusProfile, where: str) -> Iterator[ProfileError]:
    keys = Counter(source.key for source in profile.sources)
    for part in ("status", "identity", "readback", "accuracy"):
        for index, each in enumerate(getattr(profile, part)):
            if each.cites is not None and keys[each.cites] != 1:
                key = f"{part}[{index}].cites"
                yield CitationError(where, key=key, found=each.cites, limit=", ".join(keys))


def _twice(names: Iterable[str], part: str, where: str) -> Iterator[ProfileError]:
    for name, times in Counter(names).items():
        if times > 1:
            what, zh = f"two entries are named '{name}'", f"两项同名 '{name}'"
            error = StatusError if part == "status" else IdentityError
            yield error(where, key=f"{part}[{name}].name", limit="unique", what=what, what_zh=zh)


def _place(
    profile: ModbusProfile, source: AnySource, where: str, key: str
) -> Iterator[ProfileError]:
    place = place_of(source, profile.modbus)
    if place.end > 0x10000:
        yield AddressError(where, key=f"{key}.address", found=place.end - 1, limit="0..65535")
    most = limit_of(place.function, profile.modbus)
    if place.count > most:
        yield LimitError(where, key=key, found=f"{place.count} registers", limit=f"<= {most}")
    bit = not isinstance(source, TextSource) and source.format == "bit"
    if (place.function in {1, 2}) != bit:
        what, zh = (
            "functions 1 and 2 read bits, 3 and 4 registers",
            "功能码 1、2 读位，3、4 读寄存器",
        )
        yield SourceError(
            where, key=key, limit=Words("bit for 1, 2", "功能码 1、2 为位"), what=what, what_zh=zh
        )


def _mark(
    profile: ModbusProfile, word: StatusWord, mark: Mark, where: str, key: str
) -> Iterator[ProfileError]:
    yield from _channels(profile, mark.channels, where, f"{key}.channels")
    if bool(mark.bits) == bool(mark.values):
        what, zh = "it has both bits and values, or neither", "bits 与 values 须且只能有其一"
        yield _status(where, key, "either bits or values", what, zh)
    width = 1 if word.source.format == "bit" else 16 * word_count(word.source.format)
    low, high = limits(word.source.format)
    for bit in mark.bits:
        if bit >= width:
            yield LimitError(where, key=f"{key}.bits", found=bit, limit=f"< {width}")
    for value in mark.values:
        if not low <= value <= high:
            yield LimitError(where, key=f"{key}.values", found=value, limit=f"{low}..{high}")
        if value in word.normal:
            what, zh = f"{value} is normal and marked", f"{value} 既为正常又被标记"
            yield _status(where, f"{key}.values", "normal or marked", what, zh)


def _status(where: str, key: str, limit: str, what: str, what_zh: str) -> StatusError:
    return StatusError(where, key=key, limit=limit, what=what, what_zh=what_zh)


def _channels(
    profile: ModbusProfile, names: Collection[str], where: str, key: str
) -> Iterator[ProfileError]:
    known = [channel.name for channel in profile.channels]
    for name in names:
        if name not in known:
            near = nearest(name, known)
            yield UnknownChannelError(where, key=key, limit=f"{len(known)} channels", nearest=near)


def _field(
    profile: ModbusProfile, field: IdentityField, where: str, key: str
) -> Iterator[ProfileError]:
    places = [each for each in (field.object_id, field.text, field.number) if each is not None]
    if len(places) != 1:
        what, zh = f"{len(places)} places are given", f"给出了 {len(places)} 处位置"
        yield _identity(where, key, "one of object_id, text, number", what, zh)
    if (field.expects and field.number is not None) or (field.equals and field.number is None):
        what, zh = "a text is compared with a number", "文本与数字比较"
        yield _identity(where, key, "expects for text, equals for number", what, zh)
    if field.what == "marker" and not (field.expects or field.equals):
        what, zh = "a marker has nothing to be compared with", "标志没有可比较的值"
        yield _identity(where, key, "expects or equals", what, zh)
    for source in (field.text, field.number):
        if source is not None:
            yield from _place(profile, source, where, key)


def _setting(
    profile: ModbusProfile, setting: Readback, where: str, key: str
) -> Iterator[ProfileError]:
    if (setting.parameter is None) == (not setting.equals):
        what, zh = "it is compared with nothing, or with two things", "没有或有两个比较对象"
        yield _identity(where, key, "either parameter or equals", what, zh)
    if setting.parameter is not None and setting.parameter not in profile.parameters:
        yield ParameterError(
            where,
            key=f"{key}.parameter",
            what=f"parameter '{setting.parameter}' is not declared",
            what_zh=f"参数 '{setting.parameter}' 未声明",
            limit=Words("declared", "已声明"),
            nearest=nearest(setting.parameter, profile.parameters) or "-",
        )
    if setting.scale == 0:
        yield LimitError(where, key=f"{key}.scale", found=0, limit=Words("not 0", "非 0"))
    for source in (setting.number, setting.over):
        if source is not None:
            yield from _place(profile, source, where, key)


def _identity(where: str, key: str, limit: str, what: str, what_zh: str) -> IdentityError:
    return IdentityError(where, key=key, limit=limit, what=what, what_zh=what_zh)
