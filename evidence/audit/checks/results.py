"""Checks 4 and 5: the standards behind a certificate, and what it found (pure)."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.confirmation import MetrologicalConfirmation
from calibration.conformity.errors import ConformityError
from calibration.conformity.load import jjf_1094
from calibration.conformity.measured import measured
from calibration.conformity.requirement import Requirement
from calibration.conformity.rule import Outcome, decide_by_mpe
from calibration.history.chain import certificate_by_id, chain
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.plan import ConnectedGas
from calibration.register import result_of
from calibration.rounding import places_of, to_places, with_u
from calibration.unit import convert, rate_of, unit
from calibration.unit_symbol import with_symbol
from device_profiles.page_words import kind
from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Said, counted, said
from evidence.audit.stood import Hour, Stood, instant_of
from evidence.audit.traced import gaps_of

_UNKNOWN: Final = frozenset({"validity_unknown", "certificate_absent"})
_DECIDED: Final[Mapping[Outcome, Said]] = {
    Outcome.FAIL: said("does not pass", "判为不合格"),
    Outcome.UNDETERMINED: said("cannot be decided on", "无法判定"),
}
MOST_SHARE: Final = 1.0 / 3.0
"""Of U in the MPE, for a calibration that is to decide on conformity."""


def traceability(material: Material) -> CheckOutcome:
    """Check 4: standards with their own certificates on the day, U against MPE, gases."""
    look, seen, known = Look(4), 0, 0
    for stood in material.stood:
        before = seen
        for decided in material.confirmations(stood):
            own = material.cited(decided)
            if own is not None:
                seen += 1
                known += _standards(look, material, own)
                _small_enough(look, material, decided, own)
        factor = material.factor(stood) if seen == before else None
        if factor is not None:
            seen += 1
            known += _standards(look, material, factor.certificate)
        elif seen == before:
            look.leave(
                f"{stood.serial} at {stood.channel}: no certificate leads to a standard",
                f"{stood.channel} 的器具 {stood.serial}：没有证书可追溯到标准器",
            )
    gases = list(_gases(material))
    for gas in gases:
        _gas(look, material, gas)
    return look.tell(
        f"instruments: {len(material.stood)}, certificates: {seen}; standards and their validity, "
        f"U within MPE/3; {counted(len(gases), 'gas', 'gases')}",
        f"器具 {len(material.stood)} 台，证书 {seen} 份：标准器及其有效期、U 不大于 MPE/3；"
        f"标准气体 {len(gases)} 瓶",
        applies=bool(material.stood),
        had_its_papers=known > 0,
    )


def _standards(look: Look, material: Material, own: CalibrationCertificate) -> bool:
    """Whether anything is on record of the standards that a certificate rests on."""
    pointer, links = material.papers.of(own), chain(material.register, own)
    is_known = any(each.validity != "unknown" for each in links)
    if is_known:
        look.see(pointer)
    for gap in gaps_of(material.register, own, links, (own.id,)):
        path = " > ".join(gap.path)
        is_far = len(gap.path) > 1  # the words name the last of the path
        english = f"{path}: {gap.words.en}" if is_far else gap.words.en
        chinese = f"{path}：{gap.words.zh}" if is_far else gap.words.zh
        if gap.gap in _UNKNOWN:
            look.leave(english, chinese)
        else:
            look.find(english, chinese, pointer)
    return is_known


def _small_enough(
    look: Look,
    material: Material,
    decided: MetrologicalConfirmation,
    own: CalibrationCertificate,
) -> None:
    """U against a third of the MPE, at each point of a relative error."""
    limit = _limit(decided, own)
    points = [each for _, each in _relative_points(own)]
    if limit is None or not points:
        return
    pointer = material.papers.of(own)
    look.see(pointer)
    worst = max(points, key=lambda each: 2.0 * each.expanded_uncertainty / each.coverage_factor)
    U = 2.0 * worst.expanded_uncertainty / worst.coverage_factor
    if limit * MOST_SHARE * (1.0 + 1e-9) < U:
        shown = to_places(U, places_of(U))
        look.find(
            f"{own.id}: U = {shown} at {worst.at:g} is more than a third of the MPE {limit:.3g}",
            f"证书 {own.id}：{worst.at:g} 处 U = {shown}，大于 MPE {limit:.3g} 的三分之一",
            pointer,
        )


def _limit(decided: MetrologicalConfirmation, own: CalibrationCertificate) -> float | None:
    if decided.mpe_relative is not None:
        return decided.mpe_relative
    return None if own.conformity is None else own.conformity.mpe_relative


def _relative_points(own: CalibrationCertificate) -> Iterator[tuple[CalibrationResult, Point]]:
    for result in own.results:
        if result.result == "relative_error" and result.condition == "as_left":
            yield from ((result, point) for point in result.points)


def _gases(material: Material) -> Iterator[ConnectedGas]:
    """The gases that the plan names and that were connected in the period."""
    analysers = () if material.plan is None else material.plan.analysers
    start, end = (instant_of(at) for at in material.span)
    for analyser in analysers:
        for gas in () if analyser.checks is None else analyser.checks.gases:
            until = gas.disconnected_at
            if gas.connected_at < end and (until is None or start < until):
                yield gas


def _gas(look: Look, material: Material, gas: ConnectedGas) -> None:
    own = certificate_by_id(material.register, gas.certificate)
    pointer = material.papers.named("certificate", gas.certificate)
    if own is None:
        look.find(
            f"the {gas.point} gas cites {gas.certificate}, which is not in the register",
            f"{gas.point} 气体引用的证书 {gas.certificate} 不在台账中",
            pointer,
        )
        return
    look.see(pointer)
    last = (instant_of(material.span[1]) - dt.timedelta(microseconds=1)).date()
    if gas.disconnected_at is not None:
        last = min(last, gas.disconnected_at.astimezone(dt.UTC).date())
    if own.valid_until is None:
        look.leave(f"{own.id} states no expiry", f"证书 {own.id} 未注明有效期")
    elif own.valid_until < last:
        look.find(
            f"{own.id}, cylinder {own.instrument.serial}: expired on {own.valid_until}, "
            f"in use until {last}",
            f"证书 {own.id}（气瓶 {own.instrument.serial}）：{own.valid_until} 到期，使用至 {last}",
            pointer,
        )


def results(material: Material) -> CheckOutcome:
    """Check 5: points over the range of operation, and conformity by the decision rule."""
    look, seen, judged = Look(5), 0, 0
    for stood in material.stood:
        for decided in material.confirmations(stood):
            own = material.cited(decided)
            if own is not None:
                seen += 1
                _range(look, material, stood, own)
                judged += _conformity(look, material, decided, own)
    look.leave(
        "the conditions of the calibration are text: whether they are those of use is not judged",
        "校准条件为文字：是否与使用条件一致未作判断",
    )
    return look.tell(
        f"certificates: {seen}; measuring interval against hours, errors against MPE by JJF 1094 "
        "(its numbers are unconfirmed)",
        f"证书 {seen} 份：校准区间与各小时对照，误差按 JJF 1094 与 MPE 对照（其数值待确认）",
        applies=bool(material.stood),
        had_its_papers=judged > 0,
    )


def _range(look: Look, material: Material, stood: Stood, own: CalibrationCertificate) -> None:
    result = result_of(own, stood.measurand.kind_of_quantity, stood.name)
    if result is None:
        if own.conformity is None:
            look.find(
                f"{own.id} states no result for {kind(stood.measurand.kind_of_quantity, 'en')}",
                f"证书 {own.id} 没有{kind(stood.measurand.kind_of_quantity, 'zh')}的结果",
                material.papers.of(own),
            )
        return
    look.see(material.papers.of(own))
    used = [each for each in _arguments(material, stood, own, result) if each is not None]
    low, high = result.measuring_interval
    outside = [each for each in used if not low <= each <= high]
    if outside:
        top = with_symbol(f"{high:g}", result.argument_unit)
        look.find(
            f"{own.id} holds from {low:g} to {top}; outside lie {len(outside)} of "
            f"{counted(len(used), 'hour', 'hours')}, up to {max(outside, key=abs):.4g}",
            f"证书 {own.id} 的区间为 {low:g} 至 {top}；{len(used)} 小时中"
            f"有 {len(outside)} 个超出，最大 {max(outside, key=abs):.4g}",
            material.papers.of(own),
        )


def _arguments(
    material: Material, stood: Stood, own: CalibrationCertificate, result: CalibrationResult
) -> Iterator[float | None]:
    """The mean argument of each hour that rests on the certificate."""
    for hour in material.measured.get(stood.channel, ()):
        if own.id in hour.grounds.certificates and stood.serial in hour.grounds.serials:
            yield _argument(result, hour)


def _argument(result: CalibrationResult, hour: Hour) -> float | None:
    """The mean rate of an hour with readings; None where it is not of the argument's unit."""
    if hour.uncorrected is None or not hour.tally.present:
        return None
    if isinstance(hour, MeanWindow):
        found, own = hour.uncorrected, hour.unit
    else:
        hours = (hour.end_ns - hour.start_ns) / NS_PER_HOUR
        share = 1.0 if hasattr(hour, "opening") else hour.tally.present / hour.tally.expected
        found, own = hour.uncorrected / (hours * share), rate_of(hour.unit)
    if unit(own).dimension != unit(result.argument_unit).dimension:
        return None
    return convert(found, own, result.argument_unit)


def _conformity(
    look: Look,
    material: Material,
    decided: MetrologicalConfirmation,
    own: CalibrationCertificate,
) -> bool:
    """Whether anything is stated or decided of the conformity that a certificate shows."""
    pointer = material.papers.of(own)
    if own.conformity is not None:
        look.see(pointer)
        if own.conformity.statement == "fail":
            look.find(
                f"{own.id}: the verification did not pass",
                f"证书 {own.id}：检定结论为不合格",
                pointer,
            )
    limit = _limit(decided, own)
    points = list(_relative_points(own))
    if own.conformity is None and limit is None:
        look.leave(
            f"no MPE is on record for {own.id}: conformity was not decided again",
            f"证书 {own.id} 无 MPE 记录：未重新判定符合性",
        )
    elif own.conformity is None and not points:
        look.leave(
            f"{own.id} states a function and no points: conformity was not decided again",
            f"证书 {own.id} 只有函数而无校准点：未重新判定符合性",
        )
    if limit is None or decided.decision == "fail":
        return own.conformity is not None
    for result, point in points:
        outcome = _decided(point, limit)
        if outcome is not None and outcome in _DECIDED:
            place = with_symbol(f"{point.at:g}", result.argument_unit)
            error, _ = with_u(point.value, point.expanded_uncertainty)
            look.find(
                f"{own.id}: at {place} the error {error} {_DECIDED[outcome].en} for an MPE of "
                f"{limit:g}, and {decided.id} says that it passes",
                f"证书 {own.id}：{place} 处误差 {error}，按 MPE {limit:g} "
                f"{_DECIDED[outcome].zh}，而 {decided.id} 结论为合格",
                pointer,
                material.papers.of(decided),
            )
    return own.conformity is not None or bool(points)


def _decided(point: Point, limit: float) -> Outcome | None:
    """By JJF 1094; None where the numbers allow no decision."""
    try:
        found = measured(
            point.value,
            expanded_uncertainty=point.expanded_uncertainty,
            coverage_factor=point.coverage_factor,
        )
        return decide_by_mpe(found, Requirement(lower=-limit, upper=limit), jjf_1094()).outcome
    except ConformityError:
        return None
