"""The tables of a device's page: channels, status words, identity, settings (pure)."""

from device_profiles.formats import word_count
from device_profiles.identity_model import IdentityField, Readback
from device_profiles.page_words import Language, accumulation, condition, kind, label
from device_profiles.plan import function_of
from device_profiles.register_model import ModbusProfile, RegisterChannel, RegisterSource, weight_of
from device_profiles.status_model import Mark, StatusWord
from device_profiles.word_source import AnySource, TextSource
from device_profiles.words import place_of

Rows = list[list[str]]


def channel_table(profile: ModbusProfile, language: Language) -> tuple[list[str], Rows]:
    """Heads and rows of the channels; a sum has a row for each of its terms."""
    words = ("channel", "quantity", "counts", "unit", "function", "address", "format")
    more = ("word_order", "scale", "none", "source", "note")
    rows = [
        _channel(profile, channel, term, language, first=index == 0)
        for channel in profile.channels
        for index, term in enumerate(channel.terms)
    ]
    return [label(word, language) for word in words + more], rows


def status_rows(profile: ModbusProfile, language: Language) -> Rows:
    """A row for each mark of each status word, and one for what is normal."""
    rows: Rows = []
    for word in profile.status:
        rows += [_mark(profile, word, mark, language) for mark in word.marks]
        if word.normal:
            values = f"{label('values', language)} {_numbers(word.normal)}"
            row = [f"`{word.name}`", "", values, label("normal", language), "", word.note or ""]
            rows.append(row)
    return rows


def identity_rows(profile: ModbusProfile, language: Language) -> Rows:
    """A row for each thing the device says about who it is."""
    return [
        [
            each.what,
            _identity_place(profile, each, language),
            ", ".join([*(f"`{text}...`" for text in each.expects), *map(_code, each.equals)]),
            each.cites or profile.sources[0].key,
            each.note or "",
        ]
        for each in profile.identity
    ]


def setting_rows(profile: ModbusProfile, language: Language) -> Rows:
    """A row for each setting that is read back."""
    del language
    return [
        [
            f"`{each.name}`",
            _setting_place(profile, each),
            f"`parameters.{each.parameter}`" if each.parameter else _numbers(each.equals),
            each.cites or profile.sources[0].key,
            each.note or "",
        ]
        for each in profile.readback
    ]


def accuracy_rows(profile: ModbusProfile, language: Language) -> Rows:
    """A row for each statement about accuracy that a document makes."""
    return [
        [
            f"{each.statement} ({each.standard})" if each.standard else each.statement,
            ", ".join(f"`{name}`" for name in each.channels) or label("all", language),
            each.cites or profile.sources[0].key,
        ]
        for each in profile.accuracy
    ]


def _channel(
    profile: ModbusProfile,
    channel: RegisterChannel,
    term: RegisterSource,
    language: Language,
    *,
    first: bool,
) -> list[str]:
    cited = profile.citation(channel)
    where = [
        str(function_of(term, profile.modbus)),
        _address(term.address),
        term.format,
        _order(profile, term),
    ]
    if not first:
        return [f"+ {weight_of(term):g} x", "", "", "", *where, "", _none(term), "", ""]
    return [
        f"`{channel.name}`{'*' if channel.required else ''}",
        _quantity(channel, language),
        accumulation(channel.accumulation, language),
        f"`{channel.unit}`",
        *where,
        _scale(channel, term),
        _none(term),
        f"{cited.key} ({cited.grade})",
        _notes(channel, language),
    ]


def _quantity(channel: RegisterChannel, language: Language) -> str:
    of = ", ".join(each for each in (channel.subject, channel.phase) if each)
    name = kind(channel.kind_of_quantity, language)
    return f"{name} ({of})" if of else name


def _order(profile: ModbusProfile, term: RegisterSource) -> str:
    return term.word_order or profile.modbus.word_order if word_count(term.format) > 1 else ""


def _scale(channel: RegisterChannel, term: RegisterSource) -> str:
    parts = [f"{channel.scale:g}", *channel.multiply_by]
    if weight_of(term) != 1:
        parts.append(f"{weight_of(term):g}")
    if term.scale_factor_address is not None:
        parts.append(f"10^[{term.scale_factor_address}]")
    if term.counts is not None:
        low, high = term.counts.low, term.counts.high
        parts.append(f"(n - {low}) / {high - low}")
    text = " x ".join(parts if channel.scale != 1 or len(parts) == 1 else parts[1:])
    return f"{text} {channel.offset:+g}" if channel.offset else text


def _none(term: RegisterSource) -> str:
    if term.sentinels:
        return ", ".join(f"`{pattern}`" for pattern in term.sentinels)
    if term.format.startswith("float"):
        return "NaN"
    return "0" if term.format.startswith("acc") else ""


def _notes(channel: RegisterChannel, language: Language) -> str:
    low, high = channel.plausible or (0.0, 0.0)
    facts = [
        f"{label('step', language)} {channel.resolution:g}" if channel.resolution else "",
        f"{label('overflow', language)} {channel.rollover:g}" if channel.rollover else "",
        f"{label('range', language)} {low:g}..{high:g}" if channel.plausible else "",
        channel.note or "",
    ]
    return "; ".join(fact for fact in facts if fact)


def _mark(profile: ModbusProfile, word: StatusWord, mark: Mark, language: Language) -> list[str]:
    kept = "bits" if mark.bits else "values"
    return [
        f"`{word.name}`",
        _place(profile, word.source),
        f"{label(kept, language)} {_numbers(mark.bits or mark.values)}",
        condition(mark.means, language),
        ", ".join(f"`{name}`" for name in mark.channels) or label("all", language),
        mark.note or "",
    ]


def _identity_place(profile: ModbusProfile, each: IdentityField, language: Language) -> str:
    if each.text is not None:
        count = f"{each.text.registers}r, {label('text', language)}"
        return f"{_place(profile, each.text)} {count}"
    if each.number is not None:
        return _place(profile, each.number)
    return f"43/14, {label('object', language)} 0x{each.object_id or 0:02X}"


def _setting_place(profile: ModbusProfile, each: Readback) -> str:
    where = _place(profile, each.number)
    if each.over is not None:
        where = f"{where} / {_place(profile, each.over)}"
    return where if each.scale == 1 else f"{where} x {each.scale:g}"


def _place(profile: ModbusProfile, source: AnySource) -> str:
    place = place_of(source, profile.modbus)
    format_name = "" if isinstance(source, TextSource) else f" {source.format}"
    return f"{place.function}: {_address(place.address)}{format_name}"


def _address(address: int) -> str:
    return f"{address} (0x{address:04X})"


def _numbers(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:.15g}" for number in numbers)


def _code(number: int) -> str:
    return f"{number} (0x{number:X})"
