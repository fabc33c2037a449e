"""What a witness remembers of a log, and whether a new head goes on from it (pure)."""

import msgspec

from evidence.errors import CodedError, ForeignEvidenceError, LeafError, Words
from evidence.log.checkpoint import Checkpoint, open_checkpoint
from evidence.log.key import Keyring, SigningKey
from evidence.log.merkle import verify_consistency
from evidence.log.receipt import cosign


class ForkError(ForeignEvidenceError):
    """A head does not go on from one that was seen before: two histories were signed."""

    code = "E_LOG_FORK"
    en = (
        "the head of {size} leaves does not go on from that of {old_size} seen before ({what}); "
        "both are kept in {kept}: they prove it; trust neither, and ask the site"
    )
    zh = (
        "{size} 个叶的日志头并非延续自此前见过的 {old_size} 个叶的日志头（{what}）；"
        "两者均已保存于 {kept} 作为证据；请勿采信任何一个，并询问现场"
    )


class LaggingError(ForeignEvidenceError):
    """A head is shorter than one that was seen before: an old answer, or a fork not shown yet."""

    code = "E_LOG_LAGGING"
    en = "a head of {size} leaves is shown, {old_size} were seen before; ask again later"
    zh = "给出的日志头只有 {size} 个叶，此前见过 {old_size} 个；请稍后再问"


class Remembered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last head of a log that was cosigned.

    Args:
        checkpoint: the agent's note, as it came.
        cosigned: the same text, cosigned by the witness.
    """

    checkpoint: str
    cosigned: str


def decode_remembered(data: bytes, where: str) -> Remembered:
    """What a witness's file remembers.

    Raises:
        LeafError: it is damaged.
    """
    try:
        return msgspec.json.decode(data, type=Remembered)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise LeafError(where, what=Words(str(cause), str(cause))) from cause


def opened(note: str, known: Keyring, origin: str) -> Checkpoint:
    """The head in an agent's note.

    Raises:
        ForeignEvidenceError: it is none, of another log, or signed by none of the known keys.
    """
    head = open_checkpoint(note.encode(), known).checkpoint
    if head.origin != origin:
        what = Words("it is of another log", "属于另一日志")
        raise ForkError(origin, what=what, size=head.size, old_size=0, kept=Words("nothing", "无"))
    return head


def require_going_on(
    old: Checkpoint, new: Checkpoint, proof: tuple[bytes, ...] | None, kept: str
) -> None:
    """Returns if `new` goes on from `old`.

    Args:
        old: the head that is remembered.
        new: the head that is shown.
        proof: of consistency; None where none was given.
        kept: where both heads are kept if it does not.

    Raises:
        ForkError: it does not, or is not proven to.
        LaggingError: it is shorter.
    """
    if new.size < old.size:
        raise LaggingError(new.origin, size=new.size, old_size=old.size)
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof or ())
    except CodedError as wrong:
        what = Words(wrong.say("en"), wrong.say("zh"))
        raise ForkError(
            new.origin, what=what, size=new.size, old_size=old.size, kept=kept
        ) from wrong


def cosigned(note: str, head: Checkpoint, key: SigningKey, at_ns: int) -> Remembered:
    """What is remembered of a head that was found to go on."""
    return Remembered(checkpoint=note, cosigned=cosign(head.to_text(), key, at_ns).decode())
