"""Whether the laboratories' own documents bear out the certificates that readings rest on."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.dcc.trust import Trust
from evidence.audit.said import counted
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings, Result
from evidence.bundle.policy import Policy
from evidence.bundle.sealed import SealRead, SealReader, Signer, read_seal
from evidence.errors import Words

FOLDER: Final = "originals/"
MOST_READ_BYTES: Final = 32 * 1024 * 1024
"""Of all originals together, as many as a bundle is made with; those behind are not looked at."""
_DIFFERENCES: Final[Mapping[str, Words]] = {
    "serial": Words("another serial number", "另一出厂编号"),
    "performed_on": Words("another day of calibration", "另一校准日期"),
    "id": Words("another number of the certificate", "另一证书编号"),
    "results": Words("other numbers", "不同的数值"),
    "conformity": Words("another statement of conformity", "不同的符合性声明"),
}
_IN_NO_LEAF: Final = Words("it is named, and no leaf carries it", "已引用，但没有叶包含它")
_Judged = tuple[Result, Words]


def check_seals(
    bundle: Bundle,
    policy: Policy,
    logged: Sequence[CalibrationCertificate],
    findings: Findings,
    read: SealReader = read_seal,
) -> None:
    """Notes what becomes of the certificates that the statement names.

    Args:
        bundle: what is looked at.
        policy: which laboratories are trusted.
        logged: all certificates that the leaves carry.
        findings: where it is noted.
        read: reads an original.

    Raises:
        BundleError: a member is damaged.
    """
    originals = _Originals(bundle, policy.trust, read)
    named = frozenset(bundle.datum.certificates)
    here = sorted((each for each in logged if each.id in named), key=lambda each: each.id)
    judged = [(f"certificate {each.id}", originals.judged(each)) for each in here]
    absent = sorted(named - {each.id for each in here})
    judged += [(f"certificate {each}", _skipped(*_IN_NO_LEAF)) for each in absent]
    for where, (_, words) in [*_of(judged, Result.FAILED), *originals.uncited(logged)]:
        findings.wrong(Check.SEALS, where, words.en, words.zh)
    _conclude(judged, findings)


def _of(judged: Sequence[tuple[str, _Judged]], result: Result) -> list[tuple[str, _Judged]]:
    return [each for each in judged if each[1][0] is result]


def _conclude(judged: Sequence[tuple[str, _Judged]], findings: Findings) -> None:
    """Says what was not looked at, else of the first certificate who signed it."""
    count, left = len(judged), _of(judged, Result.NOT_CHECKED)
    if not judged:
        findings.skipped(Check.SEALS, "no certificate is named", "未引用证书")
    elif left:
        where, (_, said) = left[0]
        findings.skipped(
            Check.SEALS,
            f"{len(left)} of {counted(count, 'certificate', 'certificates')}: {where}: {said.en}",
            f"{count} 份证书中有 {len(left)} 份：{_zh(where)}：{said.zh}",
        )
    else:
        where, (_, said) = judged[0]
        en, zh = (
            f"{counted(count, 'certificate', 'certificates')}; {where}: {said.en}",
            f"{count} 份证书；{_zh(where)}：{said.zh}",
        )
        findings.held(Check.SEALS, en, zh)


def _zh(where: str) -> str:
    """Of which certificate it is told, in a Chinese sentence."""
    return where.replace("certificate ", "证书 ", 1)


class _Originals:
    """The originals of a bundle, each read for the certificates that cite it."""

    def __init__(self, bundle: Bundle, trust: Trust | None, read: SealReader) -> None:
        self._container, self._trust, self._read = bundle.container, trust, read
        self._here = frozenset(n for n in bundle.container.names if n.startswith(FOLDER))
        self._left = MOST_READ_BYTES

    def uncited(self, logged: Sequence[CalibrationCertificate]) -> Iterator[tuple[str, _Judged]]:
        """Originals that nobody's certificate was taken from; nothing says what they are."""
        cited = {f"{FOLDER}{each.document_sha256}" for each in logged}
        for name in sorted(self._here - cited):
            words = Words("no certificate cites it", "没有证书引用该原件")
            yield name, (Result.FAILED, words)

    def judged(self, certificate: CalibrationCertificate) -> _Judged:
        """What becomes of one certificate."""
        digest = certificate.document_sha256
        if not digest:
            return _skipped("it cites no document", "未引用原件")
        if f"{FOLDER}{digest}" not in self._here:
            return _skipped("its original is not here", "包内没有其原件")
        self._left -= self._container.size(f"{FOLDER}{digest}")
        if self._left < 0:
            return _skipped(
                f"over {MOST_READ_BYTES} B are not read", f"不读取超过 {MOST_READ_BYTES} B"
            )
        data = self._container.read(f"{FOLDER}{digest}")
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            words = Words(f"its original's SHA-256 is {found}", f"其原件的 SHA-256 为 {found}")
            return Result.FAILED, words
        return _judged(self._read(data, certificate, self._trust), self._trust)


def _judged(found: SealRead, trust: Trust | None) -> _Judged:
    """What reading an original means for its certificate."""
    if found.outcome == "broken":
        return Result.FAILED, Words(found.en, found.zh)
    if found.outcome != "read":
        return _skipped(found.en, found.zh)
    if found.differs:
        told = _DIFFERENCES[found.differs]
        return Result.FAILED, Words(f"its original states {told.en}", f"其原件载有{told.zh}")
    if not found.signers:
        return _skipped("its original carries no signature", "其原件没有签名")
    return _signed(found, trust)


def _signed(found: SealRead, trust: Trust | None) -> _Judged:
    trusted = next((each for each in found.signers if each.is_trusted), None)
    if trusted is not None:
        return Result.OK, _words(trusted, found)
    words = _words(found.signers[0], found)
    if trust is None:
        return _skipped(
            f"the policy names no laboratory; {words.en}", f"策略未列出实验室；{words.zh}"
        )
    return Result.FAILED, Words(f"not trusted: {words.en}", f"不受信任：{words.zh}")


def _words(signer: Signer, found: SealRead) -> Words:
    """Who signed, and whether the numbers were compared."""
    by = signer.subject or "a bare key", signer.subject or "无证书的密钥"
    numbers = Words("", "") if found.is_compared else Words("; no numbers compared", "；未比较数值")
    number = signer.serial_number or "-"
    return Words(
        f"signed by {by[0]} (issuer {signer.issuer or '-'}, serial {number}) "
        f"as of {signer.at}{numbers.en}",
        f"由 {by[1]} 签名（颁发者 {signer.issuer or '-'}，序列号 {number}），"
        f"以 {signer.at} 为准{numbers.zh}",
    )


def _skipped(en: str, zh: str) -> _Judged:
    return Result.NOT_CHECKED, Words(en, zh)
