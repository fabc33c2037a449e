"""An original of a bundle, read in a process with limits of its own."""

import subprocess
import sys

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from calibration.certificate import CalibrationCertificate
from calibration.dcc.trust import Trust
from collector.dcc_child import MOST_CPU_S, MOST_MEMORY_BYTES
from collector.dcc_reading import MOST_WAIT_S
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
    line = msgspec.json.encode(asked) + b"\n"
    command = [sys.executable, "-m", "collector.seal_child"]
    try:
        ran = subprocess.run(  # noqa: S603 - our own module, and no word of the document
            command, input=line + data, capture_output=True, timeout=MOST_WAIT_S, check=True
        )
        return msgspec.json.decode(ran.stdout, type=SealRead)
    except (subprocess.SubprocessError, msgspec.DecodeError, OSError):
        limit = f"{MOST_CPU_S} s, {MOST_MEMORY_BYTES // 2**20} MiB"
        return SealRead(
            outcome="unread", en=f"reading it took over {limit}", zh=f"读取它超过 {limit}"
        )
