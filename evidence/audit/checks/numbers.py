"""Check 6: corrections, factors and settings in use against the papers (pure)."""

import numpy as np

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import FunctionApplied, MetrologicalConfirmation
from calibration.history.chain import certificate_by_id
from calibration.register import result_of
from calibration.rounding import with_u
from calibration.setting import Setting
from calibration.unit_symbol import with_symbol
from evidence.audit.checks.subjects import Held, settings_of
from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Pointer, counted
from evidence.audit.stood import Stood, ns_of
from evidence.clock import utc_text


def corrections(material: Material) -> CheckOutcome:
    """Check 6: what is applied is what the papers say, from the instant that they say."""
    look = Look(6)
    for stood in material.stood:
        for decided in material.confirmations(stood):
            own = material.cited(decided)
            for applied in decided.functions:
                if own is not None:
                    _fitted(look, material, (own, decided), applied, stood)
        _applied(look, material, stood)
        _read_back(look, material, stood)
    _settings(look, material)
    return look.tell(
        f"{counted(len(material.hours), 'hour', 'hours')}: the certificates and settings "
        "behind them against those in force; fitted functions against points; parameters read back",
        f"{len(material.hours)} 个小时：所用证书与系数对照有效者；拟合函数对照校准点；参数回读",
        applies=bool(material.stood or material.hours),
    )


def _fitted(
    look: Look,
    material: Material,
    papers: tuple[CalibrationCertificate, MetrologicalConfirmation],
    applied: FunctionApplied,
    stood: Stood,
) -> None:
    """A function that was fitted must meet the points within their U."""
    own, decided = papers
    result = result_of(own, applied.kind_of_quantity, applied.channel or stood.name)
    if result is None or not result.points:
        return
    at = np.array([point.at for point in result.points])
    values = applied.function.value(at).tolist()
    pointers = (material.papers.of(decided), material.papers.of(own))
    look.see(*pointers)
    for point, value in zip(result.points, values, strict=True):
        if abs(value - point.value) > point.expanded_uncertainty:
            stated, U = with_u(point.value, point.expanded_uncertainty)
            applied_here, _ = with_u(value, point.expanded_uncertainty)
            look.find(
                f"{decided.id} applies {applied_here} at {point.at:g}, {own.id} states "
                f"{stated} with U = {U}",
                f"{decided.id} 在 {point.at:g} 处采用 {applied_here}，而证书 {own.id} 为 "
                f"{stated}（U = {U}）",
                *pointers,
            )


def _applied(look: Look, material: Material, stood: Stood) -> None:
    """Each hour must rest on the confirmation that was in force when it began."""
    for since, until, decided in material.applied(stood):
        allowed = set() if decided is None else {decided.id}
        inside = [
            each
            for each in material.measured.get(stood.channel, ())
            if since <= each.start_ns < until and each.grounds.serials == (stood.serial,)
        ]
        wrong = [each for each in inside if set(each.grounds.confirmations) - allowed]
        if inside and decided is not None:
            look.see(material.papers.of(decided))
        if wrong and wrong[0].end_ns <= until:
            found = ", ".join(wrong[0].grounds.confirmations)
            look.find(
                f"{counted(len(wrong), 'hour', 'hours')} from {utc_text(wrong[0].start_ns)} "
                f"{'rests' if len(wrong) == 1 else 'rest'} on {found}, "
                f"in force is {', '.join(allowed) or '-'}",
                f"自 {utc_text(wrong[0].start_ns)} 起 {len(wrong)} 个小时依据 {found}，"
                f"而有效者为 {', '.join(allowed) or '-'}",
                Pointer(kind="hour", id=f"{stood.channel} {utc_text(wrong[0].start_ns)}"),
            )


def _read_back(look: Look, material: Material, stood: Stood) -> None:
    begin, end = material.time_of(stood)
    for each in material.register.events:
        if each.serial != stood.serial or not begin <= ns_of(each.at) < end:
            continue
        for one in each.parameters:
            look.see(material.papers.of(each))
            if not one.agrees:
                look.find(
                    f"{stood.serial}: {one.name} was read back as "
                    f"{with_symbol(f'{one.found:g}', one.unit)}, expected {one.expected:g}",
                    f"{stood.serial}：{one.name} 回读为 "
                    f"{with_symbol(f'{one.found:g}', one.unit)}，应为 {one.expected:g}",
                    material.papers.of(each),
                )


def _settings(look: Look, material: Material) -> None:
    """The settings that hours rest on must be those in force, and their papers on record."""
    held, wrong = Held(material), dict[str, list[int]]()
    for hour in material.hours:
        for name in {each.setting for each in hour.grounds.settings}:
            look.see(material.papers.named("setting", name))
            if name not in held.at(hour.start_ns):
                wrong.setdefault(name, []).append(hour.start_ns)
    for name, hours in sorted(wrong.items()):
        first = utc_text(hours[0])
        look.find(
            f"{counted(len(hours), 'hour', 'hours')} from {first} "
            f"{'rests' if len(hours) == 1 else 'rest'} on setting {name}, which is not in force",
            f"自 {first} 起 {len(hours)} 个小时采用了未生效的设置 {name}",
            material.papers.named("setting", name),
        )
    for setting in settings_of(material):
        _paper(look, material, setting)


def _paper(look: Look, material: Material, setting: Setting) -> None:
    """The paper that a setting cites: its number stands there and not in the log."""
    own = certificate_by_id(material.register, setting.document)
    cited = setting.document_sha256
    if own is not None and cited and own.document_sha256 not in ("", cited):
        look.find(
            f"{setting.id} cites {own.id} by another digest than the certificate itself",
            f"{setting.id} 引用证书 {own.id} 的摘要与该证书所载不同",
            material.papers.of(setting),
            material.papers.of(own),
        )
    shown = with_symbol(f"{setting.after.value:g}", setting.after.unit)
    look.leave(
        f"{setting.id} = {shown}: compare it with "
        f"{setting.document}{'' if cited else ', which is cited without a digest'}",
        f"{setting.id} = {shown}：请与 {setting.document} 核对"
        f"{'' if cited else '（引用时未给摘要）'}",
    )
