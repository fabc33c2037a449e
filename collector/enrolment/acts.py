"""What an act of enrolment says, beside who did it: the `new` of its entry in the journal. Pure."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from collector.config import Id, Text

_TEXT: Final = r"^[^\x00-\x1f\x7f]{1,400}$"
Line = Annotated[str, Meta(pattern=_TEXT)]
Serial = Annotated[str, Meta(pattern=r"^[0-9a-f]{1,40}$")]
Hex256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class CodeIssued(msgspec.Struct, frozen=True, kw_only=True):
    """A code was made for an agent.

    Args:
        site: where the agent will stand.
        key: the public half of the key that the code makes; the code itself is kept nowhere.
        expires: from when on it is refused, RFC 3339, UTC.
    """

    site: Id
    key: Line
    expires: Text


class KeyTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A key counts from now on, as one of this agent's.

    Args:
        site: where the agent stands.
        key: the key's line.
        code: the key of the code that was used up; empty for none.
        after: the key that it follows and that signed the succession; empty for none.
    """

    site: Id
    key: Line
    code: str = ""
    after: str = ""


class KeyRevoked(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more is taken under a key; what is held stays valid.

    Args:
        key: the key's line.
    """

    key: Line


class CertificateIssued(msgspec.Struct, frozen=True, kw_only=True):
    """The broker's authority signed a certificate; it stands and falls with the agent's key.

    Args:
        key: the signing key that asked for it.
        serial: its serial number, hexadecimal.
        public_sha256: of the certified key (SubjectPublicKeyInfo, DER).
        not_after: until when, RFC 3339, UTC.
    """

    key: Line
    serial: Serial
    public_sha256: Hex256
    not_after: Text
