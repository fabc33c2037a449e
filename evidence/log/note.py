"""C2SP signed notes (c2sp.org/signed-note): signing and opening.

A note is a text, an empty line, and one line per signature. What is signed is the text
itself, byte for byte; nothing of it may be believed before a pinned key was found to fit.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.errors import MalformedNoteError, UnknownKeyError, Words
from evidence.log.key import (
    ID_BYTES,
    KEY_NAME,
    Algorithm,
    Keyring,
    SigningKey,
    Verifier,
    require_algorithm,
    strict_base64,
)

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE_START = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signature line, not yet checked.

    Attributes:
        name: The key name it claims.
        key_id: The key id it claims, 4 bytes.
        signature: What follows the id; its form depends on the algorithm.
    """

    name: str
    key_id: bytes
    signature: bytes

    def to_text(self) -> str:
        """The line with its newline."""
        return (
            f"{_LINE_START}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedNote:
    """A well-formed note of which nothing is verified yet.

    Attributes:
        text: The text with its last newline.
        signatures: The lines in their order, at least one, no key twice.
    """

    text: str
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNote:
    """A text and who signed it.

    Attributes:
        text: The verified text with its last newline.
        signed_by: The known keys whose signatures fit, at least one.
    """

    text: str
    signed_by: tuple[Verifier, ...]


def sign(text: str, signers: Sequence[SigningKey]) -> bytes:
    """The note of `text` signed by each of `signers`, in their order.

    Args:
        text: Ends in a newline; no control character but newlines.
        signers: 1 to 100 Ed25519 keys, each once.

    Raises:
        MalformedNoteError: The text or the set of signers makes no valid note.
        KeyAlgorithmError: A key is not for notes.
    """
    body = note_body(text)
    return write_note(body, [_signature_line(key, body) for key in signers])


def _signature_line(key: SigningKey, body: bytes) -> SignatureLine:
    of = key.verifier
    require_algorithm(of, Algorithm.ED25519)
    return SignatureLine(name=of.name, key_id=of.key_id, signature=key.signature(body))


def note_body(text: str) -> bytes:
    """The bytes of a note's text, which are what is signed.

    Raises:
        MalformedNoteError: No newline at the end, a control character, or no UTF-8.
    """
    if not text.endswith("\n"):
        raise _malformed("text", "the text does not end in a newline", "文本未以换行结尾")
    _require_no_control(text)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _malformed("text", "the text has no UTF-8 form", "文本无法编码为 UTF-8") from None


def write_note(body: bytes, lines: Sequence[SignatureLine]) -> bytes:
    """The bytes of a note from a checked body (`note_body`) and its signature lines.

    Raises:
        MalformedNoteError: No line, a key twice, or a note over its limits.
    """
    _require_each_once(lines)
    data = body + b"\n" + "".join(line.to_text() for line in lines).encode()
    _require_size(data)
    return data


def open_note(data: bytes, known: Keyring) -> OpenedNote:
    """The verified text of a note and the known keys that signed it.

    Lines of unknown keys are passed over; a known key whose signature does not fit
    refuses the whole note (C2SP signed-note, section Signatures).

    Args:
        data: The note as received, at most 1,000,000 bytes.
        known: The pinned Ed25519 keys (`evidence.log.key.keyring`).

    Raises:
        MalformedNoteError: The bytes are no note.
        UnknownKeyError: No line is by a known key.
        SignatureError: A known key is named and its signature does not fit.
        KeyAlgorithmError: The known key named is not for notes.
    """
    note = parse_note(data)
    body = note.text.encode()
    signed_by = []
    for line in note.signatures:
        verifier = known.get((line.name, line.key_id))
        if verifier is not None:
            require_algorithm(verifier, Algorithm.ED25519)
            verifier.check(line.signature, body)
            signed_by.append(verifier)
    if not signed_by:
        raise unknown_signers(note, [verifier.label for verifier in known.values()])
    return OpenedNote(text=note.text, signed_by=tuple(signed_by))


def unknown_signers(note: ParsedNote, known: Sequence[str]) -> UnknownKeyError:
    """The refusal of a note none of whose signers is pinned; names at most three of each."""
    found = [f"{line.name}+{line.key_id.hex()}" for line in note.signatures]
    return UnknownKeyError("note", found=_some(found), known=_some(known) or "-")


def _some(labels: Sequence[str]) -> str:
    rest = len(labels) - 3
    return ", ".join(labels[:3]) + (f" (+{rest})" if rest > 0 else "")


def parse_note(data: bytes) -> ParsedNote:
    """The parts of a well-formed note, nothing verified.

    Raises:
        MalformedNoteError: Over 1,000,000 bytes, not UTF-8, a control character (so also
            CR), no empty line before the signatures, a line that is not a signature line,
            more than 100 of them, or a key twice.
    """
    _require_size(data)
    try:
        note = data.decode()
    except UnicodeDecodeError as problem:
        where = f"byte {problem.start}"
        raise _malformed(where, "it is not UTF-8", "不是 UTF-8") from None
    _require_no_control(note)
    text, empty_line, tail = note.rpartition("\n\n")
    if not empty_line:
        raise _malformed("note", "no empty line before the signatures", "签名前缺少空行")
    first_line = text.count("\n") + 3
    signatures = _signature_lines(tail, first_line)
    _require_each_once(signatures)
    return ParsedNote(text=text + "\n", signatures=signatures)


def _signature_lines(tail: str, first_line: int) -> tuple[SignatureLine, ...]:
    if not tail.endswith("\n"):
        raise _malformed("note", "the last line has no newline", "最后一行没有换行")
    lines = tail[:-1].split("\n", MAX_SIGNATURES)
    return tuple(_parse_line(line, f"line {first_line + at}") for at, line in enumerate(lines))


def _parse_line(line: str, where: str) -> SignatureLine:
    name, _, encoded = line.removeprefix(_LINE_START).partition(" ")
    if not line.startswith(_LINE_START) or not KEY_NAME.fullmatch(name):
        raise _malformed(where, "it is not `— name base64`", "格式不是 `— name base64`")
    signature = strict_base64(encoded)
    if signature is None or len(signature) <= ID_BYTES:
        raise _malformed(where, "the signature is not base64", "签名不是 base64")
    return SignatureLine(name=name, key_id=signature[:ID_BYTES], signature=signature[ID_BYTES:])


def _require_each_once(lines: Sequence[SignatureLine]) -> None:
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise _malformed("note", "it needs 1 to 100 signatures", "需要 1 至 100 个签名")
    if len({(line.name, line.key_id) for line in lines}) != len(lines):
        raise _malformed("note", "one key signed it twice", "同一密钥签名两次")


def _require_size(data: bytes) -> None:
    if len(data) > MAX_NOTE_BYTES:
        raise _malformed("note", "it is over 1,000,000 bytes", "超过 1,000,000 字节")


def _require_no_control(text: str) -> None:
    match = _CONTROL.search(text)
    if match is not None:
        where = f"character {match.start()}"
        code = ord(match[0])
        raise _malformed(where, f"control character 0x{code:02x}", f"控制字符 0x{code:02x}")


def _malformed(where: str, en: str, zh: str) -> MalformedNoteError:
    return MalformedNoteError(where, what=Words(en, zh))
