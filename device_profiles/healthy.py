"""The words of a device with which nothing is the matter and that is the one it says (pure).

For simulators: what a device of the profile shows besides its quantities.
"""

from collections.abc import Iterable, Mapping, Sequence

from device_profiles.formats import Number
from device_profiles.identity_model import IdentityField, Readback
from device_profiles.parameters import parameters_of
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile, ModbusTraits
from device_profiles.registers import encode
from device_profiles.status_model import Condition, Mark, StatusWord
from device_profiles.word_source import SettingSource, StatusSource
from device_profiles.words import place_of

SIMULATED_SERIAL = "SIMULATED"
_MOST_DIGITS = 10
Image = dict[tuple[int, int], int]
"""Word (or bit) by function code and address."""


def healthy_words(
    profile: ModbusProfile,
    parameters: Mapping[str, float] | None = None,
    serial: str = SIMULATED_SERIAL,
) -> Image:
    """The words, by function code and address, of status, identity and settings.

    Status words show the first of their normal values, else 0; identity fields what the profile
    expects, and the serial number; settings what the parameters, or the profile, say.

    Raises:
        ParameterError: an unknown parameter, or one that is not > 0.
        FitError: a setting that its format cannot carry.
    """
    image: Image = {}
    for word in profile.status:
        image |= _number(word.source, profile.modbus, _usual(word))
    for field in profile.identity:
        image |= _identity(field, profile.modbus, serial)
    factors = parameters_of(profile, parameters)
    for setting in profile.readback:
        image |= _setting(setting, profile.modbus, factors)
    return image


def telling_words(profile: ModbusProfile, wanted: Iterable[Sequence[Condition]]) -> Image:
    """The status words, by function code and address, of a device with which something is wrong.

    Of each sequence of conditions the first one counts that a status word of the profile can
    tell; a device without such a word tells nothing.
    """
    image: Image = {}
    for conditions in wanted:
        known = (one for one in conditions if any(_marks(word, one) for word in profile.status))
        condition = next(known, None)
        for word in profile.status if condition is not None else ():
            if condition is not None and (value := _telling(word, condition)) is not None:
                image |= _number(word.source, profile.modbus, value)
    return image


def _marks(word: StatusWord, condition: Condition) -> list[Mark]:
    return [mark for mark in word.marks if mark.means is condition]


def _telling(word: StatusWord, condition: Condition) -> int | None:
    """The value of a status word that means one condition, over what it usually shows."""
    mark = next(iter(_marks(word, condition)), None)
    if mark is None:
        return None
    return mark.values[0] if mark.values else _usual(word) | 1 << mark.bits[0]


def _usual(word: StatusWord) -> int:
    """A value that means nothing: normal, else 0 unless that is marked, else what is not."""
    if word.normal:
        return word.normal[0]
    marked = {value for mark in word.marks for value in mark.values}
    return next(value for value in range(len(marked) + 1) if value not in marked)


def _identity(field: IdentityField, traits: ModbusTraits, serial: str) -> Image:
    own = serial if field.what == "serial" else SIMULATED_SERIAL
    if field.number is not None:
        digits = int(own) if own.isdecimal() and len(own) < _MOST_DIGITS else 1
        return _number(field.number, traits, next(iter(field.equals), digits))
    if field.text is None:
        return {}
    shown = next(iter(field.expects), own).encode("ascii", "replace")
    raw = shown.ljust(2 * field.text.registers, b"\0")[: 2 * field.text.registers]
    pairs = (raw[at : at + 2] for at in range(0, len(raw), 2))
    return _placed(place_of(field.text, traits), [int.from_bytes(pair, "big") for pair in pairs])


def _setting(setting: Readback, traits: ModbusTraits, factors: Mapping[str, float]) -> Image:
    value = setting.equals[0] if setting.parameter is None else factors[setting.parameter]
    number = value / setting.scale
    if setting.over is None:
        return _number(setting.number, traits, number)
    below = _denominator(number)
    return _number(setting.number, traits, number * below) | _number(setting.over, traits, below)


def _denominator(number: float) -> int:
    """What a ratio is shown over, so that both numbers are whole where that is possible."""
    return next((below for below in (1, 5, 100) if (number * below) % 1 == 0), 1000)


def _number(source: StatusSource | SettingSource, traits: ModbusTraits, number: Number) -> Image:
    whole = number if source.format.startswith("float") else round(number)
    words = encode(whole, source.format, source.word_order or traits.word_order)
    return _placed(place_of(source, traits), words)


def _placed(place: ReadRequest, words: Iterable[int]) -> Image:
    return {(place.function, place.address + index): word for index, word in enumerate(words)}
