"""What reading one laboratory's document gave, whatever its bytes are and whatever is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.dcc.errors import (
    DccError,
    DccManipulatedError,
    DccSignatureError,
    DccWeakSignatureError,
    DccWrappedError,
)
from calibration.dcc.trust import Trust
from calibration.errors import CalibrationError
from evidence.errors import Words

if TYPE_CHECKING:
    from calibration.dcc.seal import Seal

_BROKEN: Final = (
    DccManipulatedError,
    DccSignatureError,
    DccWeakSignatureError,
    DccWrappedError,
)


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed: the names and number in the signer's certificate, and the instant judged at."""

    subject: str
    issuer: str
    serial_number: str
    at: str
    is_trusted: bool


class SealRead(msgspec.Struct, frozen=True, kw_only=True):
    """What became of reading an original.

    Args:
        outcome: "unread" is no DCC that is read, "broken" has a signature that does not hold,
            "unavailable" that the software for it is not installed.
        signers: of a document that was read; none where it is unsigned.
        differs: what it states otherwise than the certificate, as `calibration.dcc.seal` says.
        is_compared: whether the numbers of all results were compared.
        en, zh: why it was not read, or does not hold.
    """

    outcome: Literal["read", "unread", "broken", "unavailable"]
    signers: tuple[Signer, ...] = ()
    differs: str = ""
    is_compared: bool = False
    en: str = ""
    zh: str = ""


SealReader = Callable[[bytes, CalibrationCertificate, Trust | None], SealRead]
"""Reads an original's bytes for the certificate that cites them, by whom is trusted."""


def read_seal(data: bytes, certificate: CalibrationCertificate, trust: Trust | None) -> SealRead:
    """What reading an original gives; nothing is raised, whatever the bytes are."""
    return no_xml(data) or _looked_at(data, certificate, trust)


def no_xml(data: bytes) -> SealRead | None:
    """What is said of bytes that are no XML at all; None of all others."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    return _said("unread", _kind(data))


def _looked_at(data: bytes, certificate: CalibrationCertificate, trust: Trust | None) -> SealRead:
    try:
        from calibration.dcc.seal import seal_of  # noqa: PLC0415 - lxml may be absent
    except ModuleNotFoundError as missing:
        name = missing.name or "lxml"
        words = Words(f"{name} is not installed (extra `dcc`)", f"未安装 {name}（附加项 `dcc`）")
        return _said("unavailable", words)
    try:
        return _read(seal_of(data, certificate, trust))
    except _BROKEN as wrong:
        return _said("broken", Words(wrong.say("en"), wrong.say("zh")))
    except (DccError, CalibrationError) as wrong:
        return _said("unread", Words(wrong.say("en"), wrong.say("zh")))


def _kind(data: bytes) -> Words:
    if data.startswith(b"%PDF"):
        return Words("it is a PDF, whose signature is not looked at", "为 PDF，不核对其签名")
    return Words("it is no XML document", "不是 XML 文档")


def _said(outcome: Literal["unread", "broken", "unavailable"], words: Words) -> SealRead:
    return SealRead(outcome=outcome, en=words.en, zh=words.zh)


def _read(seal: "Seal") -> SealRead:
    return SealRead(
        outcome="read",
        signers=tuple(
            Signer(
                subject=each.signer,
                issuer=each.issuer,
                serial_number=each.serial_number,
                at=each.judged_at.isoformat(),
                is_trusted=each.is_trusted,
            )
            for each in seal.signatures
        ),
        differs=seal.differs,
        is_compared=seal.numbers != "not compared",
    )
