"""The status of an instrument on a day, 合格, 准用 or 停用, by a stated rule (pure).

The practice of coloured labels is known, its wording in a standard is not at hand, so the rule is
ours and is stated:

- out of use (停用): it was removed; or no confirmation that passed is in force for it on the day;
  or that is overdue, or its certificate's own validity has passed;
- limited use (准用): one is in force and in date, and something speaks against its papers; or there
  is none, and a number in force is declared from a certificate of it, such as the velocity
  coefficient: what is computed with it is calibrated, its own indications are as it shows them;
- qualified (合格): one is in force and in date, and nothing does.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CertificateError
from calibration.history.outcome import RegisterOutcome
from calibration.history.review import review
from calibration.register import CalibrationRegister
from evidence.audit.said import Said, said
from evidence.audit.through_factor import through_factor

Status = Literal["qualified", "limited", "out_of_use"]
STATUS_WORDS: Final[Mapping[Status, Said]] = {
    "qualified": said("qualified", "合格"),
    "limited": said("limited use", "准用"),
    "out_of_use": said("out of use", "停用"),
}
_BECAUSE: Final[Mapping[str, tuple[Status, Said]]] = {
    "in_order": ("qualified", said("in force and in date", "计量确认有效且在期内")),
    "findings": (
        "limited",
        said("in date; something speaks against its papers", "在期内，但其文件存在问题"),
    ),
    "not_comparable": (
        "limited",
        said("in date; its certificates cannot be compared", "在期内，但其证书之间无法比较"),
    ),
    "through_factor": (
        "limited",
        said(
            "no confirmation: a declared number from its certificate is applied",
            "未经计量确认：采用其证书给出的声明系数",
        ),
    ),
    "removed": ("out_of_use", said("it was removed", "已拆除")),
    "not_confirmed": ("out_of_use", said("nothing confirms it", "未经计量确认")),
    "failed": ("out_of_use", said("its last decision is 'fail'", "最近一次确认结论为不合格")),
    "ended": (
        "out_of_use",
        said("an event ended its confirmation", "有事件使其计量确认失效"),
    ),
    "overdue": ("out_of_use", said("its confirmation is overdue", "计量确认已超期")),
    "expired": (
        "out_of_use",
        said("its certificate's validity has passed", "证书有效期已过"),
    ),
    "unusable": (
        "out_of_use",
        said("its certificate is not in the register or is another's", "证书缺失或属于其他器具"),
    ),
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an instrument stands on a day.

    Args:
        status: by the rule of this file.
        because: which of its cases; a closed vocabulary.
        confirmation, certificate: in force, or last in force; None where there is none.
        valid: whether the certificate may speak for the instrument on the day.
        against: what speaks against the papers, in both languages.
    """

    status: Status
    because: str
    words: Said
    confirmation: MetrologicalConfirmation | None = None
    certificate: CalibrationCertificate | None = None
    valid: bool = False
    against: tuple[Said, ...] = ()


def standing_on(
    register: CalibrationRegister, serial: str, at: dt.datetime, *, removed: bool
) -> Standing:
    """How an instrument stands at an instant.

    Args:
        register: Of its site.
        serial: Of the instrument.
        at: With a time zone; days are UTC's.
        removed: Whether it was taken away by then.
    """
    last = register.confirmed(serial, at)
    if last is None:
        return _unconfirmed(register, serial, at, removed=removed)
    try:
        certificate = register.certificate(last)
    except CertificateError:
        return _standing("removed" if removed else "unusable", last)
    because = _fault(register, last, certificate, at)
    if removed:
        return _standing("removed", last, certificate)
    if because:
        return _standing(because, last, certificate)
    return _weighed(register, last, certificate)


def _unconfirmed(
    register: CalibrationRegister, serial: str, at: dt.datetime, *, removed: bool
) -> Standing:
    found = None if removed else through_factor(register, serial, at)
    if found is None:
        return _standing("removed" if removed else "not_confirmed")
    return _standing("through_factor", certificate=found.certificate)


def _fault(
    register: CalibrationRegister,
    last: MetrologicalConfirmation,
    certificate: CalibrationCertificate,
    at: dt.datetime,
) -> str:
    """Why the certificate does not speak for the instrument; "" where it does."""
    day = at.astimezone(dt.UTC).date()
    if last.decision == "fail":
        return "failed"
    if register.ended(last, at) is not None:
        return "ended"
    if day > last.due_on:
        return "overdue"
    if certificate.valid_until is not None and day > certificate.valid_until:
        return "expired"
    return ""


def _weighed(
    register: CalibrationRegister,
    last: MetrologicalConfirmation,
    certificate: CalibrationCertificate,
) -> Standing:
    try:
        found = review(register, last.serial)
    except CertificateError:
        return _standing("not_comparable", last, certificate, valid=True)
    against = tuple(
        said(each.say("en"), each.say("zh"))
        for each in found
        if each.weight == "finding" and _is_about(each, last, certificate)
    )
    because = "findings" if against else "in_order"
    return _standing(because, last, certificate, valid=True, against=against)


def _is_about(
    outcome: RegisterOutcome,
    confirmation: MetrologicalConfirmation,
    certificate: CalibrationCertificate,
) -> bool:
    """Whether an outcome is of the papers in force: what became of earlier ones is history."""
    if outcome.code == "check_failed":
        return True
    if outcome.code in {"gap", "shift"}:
        return False
    if outcome.confirmation:
        return outcome.confirmation == confirmation.id
    return outcome.certificate == certificate.id


def _standing(
    because: str,
    confirmation: MetrologicalConfirmation | None = None,
    certificate: CalibrationCertificate | None = None,
    *,
    valid: bool = False,
    against: tuple[Said, ...] = (),
) -> Standing:
    status, words = _BECAUSE[because]
    return Standing(
        status=status,
        because=because,
        words=words,
        confirmation=confirmation,
        certificate=certificate,
        valid=valid,
        against=against,
    )
