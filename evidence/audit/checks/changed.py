"""Checks 12 and 13: changes of parameters, and where instruments are installed (pure)."""

from collections.abc import Iterator
from itertools import pairwise

from calibration.event import CalibrationEvent
from calibration.increment import FindingKind
from calibration.setting_outcome import setting_outcomes
from calibration.settings import SettingsContradict, settings_in_force
from calibration.window import RegisterWindow
from evidence.audit.checks.subjects import settings_of, subjects
from evidence.audit.material import Material, StreamSeen
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Pointer, counted
from evidence.audit.stood import Stood, instant_of, ns_of
from evidence.clock import utc_text
from evidence.log.leaf import RecordKind


def changes(material: Material) -> CheckOutcome:
    """Check 12: every change of a number that changes results is dated, signed and fits."""
    look = Look(12)
    own = settings_of(material)
    for each in own:
        look.see(material.papers.of(each))
    for outcome in setting_outcomes(own):
        if outcome.weight == "finding":
            pointers = [material.papers.named("setting", outcome.id)]
            pointers += [material.papers.named("setting", outcome.other)] if outcome.other else []
            look.find(outcome.say("en"), outcome.say("zh"), *pointers)
    _contradictions(look, material)
    _profiles(look, material)
    _replaced(look, material)
    changed = [each for each in material.records if each.kind == RecordKind.CONFIGURATION]
    for record in changed:
        if not isinstance(record.facts.get("sha256"), str):
            look.find("a change of configuration cites no digest", "配置变更未给出摘要")
    if len(material.batches) < material.leaves:
        look.leave(
            f"{material.leaves - len(material.batches)} of {material.leaves} leaves were not read "
            "for profiles and parameters",
            f"{material.leaves} 个叶中 {material.leaves - len(material.batches)} 个未读规约与参数",
        )
    return look.tell(
        f"{counted(len(own), 'setting', 'settings')}, "
        f"{counted(len(changed), 'change', 'changes')} of configuration, profiles and parameters "
        f"in {counted(len(material.batches), 'leaf', 'leaves')}",
        f"设置 {len(own)} 项、配置变更 {len(changed)} 次、"
        f"{len(material.batches)} 个叶中的规约与参数",
        applies=bool(material.hours),
    )


def _contradictions(look: Look, material: Material) -> None:
    for subject in subjects(material):
        at = instant_of(material.span[1] - 1)
        for each in settings_in_force(material.register.settings, subject, at).values():
            if isinstance(each, SettingsContradict):
                names = ", ".join(one.id for one in each.settings)
                look.find(
                    f"{subject}: {names} contradict each other, none is applied",
                    f"{subject}：{names} 相互矛盾，均不采用",
                    *(material.papers.of(one) for one in each.settings),
                )


def _profiles(look: Look, material: Material) -> None:
    """A profile or a parameter that became another one needs a change on record."""
    recorded = any(each.kind == RecordKind.CONFIGURATION for each in material.records)
    for before, after, leaf in _turns(material):
        look.see(leaf)
        if (before.profile, before.parameters) != (
            after.profile,
            after.parameters,
        ) and not recorded:
            look.find(
                f"{after.channel}: profile or parameters changed, and no change of configuration "
                "is on record",
                f"{after.channel}：规约或参数有变更，而无配置变更记录",
                leaf,
            )


def _replaced(look: Look, material: Material) -> None:
    """A register that was replaced, or read in another ratio, needs an exchange on record."""
    for channel, hours in material.measured.items():
        for hour in hours:
            for each in hour.findings if isinstance(hour, RegisterWindow) else ():
                if each.kind == FindingKind.REPLACED:
                    at = utc_text(each.at_ns)
                    look.find(
                        f"{channel}: at {at} another meter, or another ratio, is read than before, "
                        "and no exchange on record leads from the one to the other: what was "
                        "counted between is in no amount",
                        f"{channel}：自 {at} 起读取的仪表或变比与之前不同，"
                        "而没有与之相符的更换记录：其间的计量不计入任何数量",
                        Pointer(kind="hour", id=f"{channel} {utc_text(hour.start_ns)}"),
                    )


def _turns(material: Material) -> Iterator[tuple[StreamSeen, StreamSeen, Pointer]]:
    """A channel's streams in order, each with the one before it."""
    by_channel: dict[str, list[tuple[StreamSeen, Pointer]]] = {}
    for batch in material.batches:
        for each in batch.streams:
            by_channel.setdefault(each.channel, []).append((each, batch.leaf))
    for seen in by_channel.values():
        pairs = pairwise([seen[0], *seen])
        yield from ((before[0], after[0], after[1]) for before, after in pairs)


def place(material: Material) -> CheckOutcome:
    """Check 13: where each instrument is installed is on record, and one stands at one place."""
    look = Look(13)
    for stood in material.stood:
        own = _installations(material, stood)
        if not own:
            look.find(
                f"{stood.serial} at {stood.channel}: no installation is on record",
                f"{stood.channel} 的器具 {stood.serial}：没有安装记录",
            )
        for each in own[-1:]:
            look.see(material.papers.of(each))
            if not each.place.strip():
                look.find(
                    f"{stood.serial}: its installation names no place",
                    f"{stood.serial}：安装记录未注明位置",
                    material.papers.of(each),
                )
    look.leave(
        "straight lengths, the measuring section (EN 15259, GB/T 16157) and the mounting: on site",
        "直管段、测量断面（EN 15259、GB/T 16157）与安装方式：须现场核查",
    )
    return look.tell(
        f"instruments: {len(material.stood)}; installations on record",
        f"器具 {len(material.stood)} 台：安装记录",
        applies=bool(material.stood),
    )


def _installations(material: Material, stood: Stood) -> list[CalibrationEvent]:
    own = (
        each
        for each in material.register.events
        if each.event == "installation"
        and each.serial == stood.serial
        and ns_of(each.at) < material.time_of(stood)[1]
    )
    return sorted(own, key=lambda each: each.at)
