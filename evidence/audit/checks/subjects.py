"""The settings that bear on a channel (pure)."""

from calibration.setting import Setting
from calibration.settings import SettingInForce, as_known, settings_in_force
from evidence.audit.material import Material
from evidence.audit.stood import instant_of


def held(material: Material, at_ns: int) -> set[str]:
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
