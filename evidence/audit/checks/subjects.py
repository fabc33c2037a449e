"""The settings that bear on a channel (pure)."""

from bisect import bisect_right

from calibration.setting import Setting
from calibration.settings import SettingInForce, as_known, settings_in_force
from evidence.audit.material import Material
from evidence.audit.stood import instant_of, ns_of


class Held:
    """Ids of the settings in force, by instant; what holds between two changes is found once."""

    def __init__(self, material: Material) -> None:
        self._material = material
        own = settings_of(material)
        ends = (each.effective_until for each in own if each.effective_until is not None)
        changes = {ns_of(at) for at in (*(each.effective_from for each in own), *ends)}
        changes |= {at for each in material.stood for at in (each.first_ns, each.last_ns)}
        self._changes = sorted(changes)
        self._found: dict[int, set[str]] = {}

    def at(self, at_ns: int) -> set[str]:
        """Ids of all settings in force at an instant, UTC ns."""
        spell = bisect_right(self._changes, at_ns)
        if spell not in self._found:
            self._found[spell] = _held(self._material, at_ns)
        return self._found[spell]


def _held(material: Material, at_ns: int) -> set[str]:
    """Ids of all settings in force at an instant."""
    found: set[str] = set()
    there = (each for each in material.stood if each.first_ns <= at_ns < each.last_ns)
    serials = {each.channel: each.serial for each in there}
    for subject in subjects(material):
        standing = settings_in_force(
            material.register.settings,
            subject,
            instant_of(at_ns),
            installed=serials.get(subject),
        )
        found |= {each.setting.id for each in standing.values() if isinstance(each, SettingInForce)}
    return found


def subjects(material: Material) -> tuple[str, ...]:
    """All that settings of this channel can be of."""
    own = [material.channel, *(each.channel for each in material.stood)]
    own += [each.measurand.subject for each in material.stood]
    own += [] if material.derivation is None else [material.derivation.subject]
    return tuple(dict.fromkeys(own))


def settings_of(material: Material) -> tuple[Setting, ...]:
    """The settings that had effect by the end of the period, each in its latest version."""
    named, end = set(subjects(material)), instant_of(material.span[1])
    return tuple(
        each
        for each in as_known(material.register.settings)
        if each.subject in named and each.effective_from < end
    )
