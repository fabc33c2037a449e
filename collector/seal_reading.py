"""An original of a bundle, read in a process with limits of its own."""

from cryptography.hazmat.primitives.serialization import Encoding

from calibration.certificate import CalibrationCertificate
from calibration.dcc.trust import Trust
from collector.apart import read_apart
from collector.dcc_child import MOST_CPU_S, MOST_MEMORY_BYTES
from collector.seal_child import SealAsked
from evidence.bundle.sealed import SealRead, no_xml


def read_seal_apart(
    data: bytes, certificate: CalibrationCertificate, trust: Trust | None
) -> SealRead:
    """As `read_seal`, in at most 10 s of processor time and 768 MiB; what takes more is unread."""
    return no_xml(data) or _answer(
        data, SealAsked(certificate=certificate, trusted=_trusted(trust))
    )


def _trusted(trust: Trust | None) -> str:
    if trust is None:
        return ""
    every = (*trust.authorities, *trust.signers)
    return "".join(each.public_bytes(Encoding.PEM).decode("ascii") for each in every)


def _answer(data: bytes, asked: SealAsked) -> SealRead:
    limit = f"{MOST_CPU_S} s, {MOST_MEMORY_BYTES // 2**20} MiB"
    return read_apart("collector.seal_child", asked, data, SealRead) or SealRead(
        outcome="unread", en=f"reading it took over {limit}", zh=f"读取它超过 {limit}"
    )
