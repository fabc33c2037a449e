"""Errors of this room: a stable code, what, where, which limit, and what to do, in two languages.

`CodedError` is the shape; the rooms above derive their own root from it.
`ForeignEvidenceError` means that the other side is wrong: the same bytes will fail again.
"""

from typing import ClassVar

from calibration import errors as ground
from calibration.errors import facts_in


class Words(ground.Words):
    """One phrase in both languages, for a fact that is prose."""

    __slots__ = ()


class CodedError(Exception):
    """Something is wrong, and the reader is told what, where and what to do.

    Every subclass has a stable `code` and a text per language with named fields;
    `facts` fills the fields, and a fact may be `Words`. `where` names the file, key or
    line that is wrong.
    """

    code: ClassVar[str] = "E"
    en: ClassVar[str] = "{what}"
    zh: ClassVar[str] = "{what}"

    def __init__(self, where: str, **facts: object) -> None:
        self.where = where
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """The message in `language` ("en" or "zh"), led by code and place."""
        chinese = language == "zh"
        facts = facts_in("zh" if chinese else "en", self.facts)
        text = self.zh if chinese else self.en
        return f"{self.code} {self.where}: {text.format(**facts)}"


class EvidenceError(CodedError):
    """Something is wrong with a log, a note, a key, a time or a statement."""

    code = "E_EVIDENCE"


class ForeignEvidenceError(EvidenceError):
    """The other side is wrong; asking for the same bytes again will not help."""

    code = "E_EVIDENCE_FOREIGN"


class MalformedNoteError(ForeignEvidenceError):
    """The bytes are not a C2SP signed note."""

    code = "E_LOG_NOTE"
    en = "this is not a signed note: {what}; take the bytes again exactly as the signer wrote them"
    zh = "这不是签名便笺（signed note）：{what}；请按签名者写出的原始字节重新获取"


class SignatureError(ForeignEvidenceError):
    """A known key is named, and its signature does not fit the text."""

    code = "E_SIG_INVALID"
    en = (
        "the signature of '{key}' does not fit this text; the text was altered or the signature "
        "was made for something else: keep the bytes and ask the signer"
    )
    zh = "'{key}' 的签名与此文本不符；文本被改动，或签名用于其他内容：请保留原始字节并联系签名者"


class UnknownKeyError(ForeignEvidenceError):
    """No signature is by a key that is pinned here."""

    code = "E_SIG_UNKNOWN_KEY"
    en = "signed by {found}, but only {known} is pinned here; compare the key and pin it"
    zh = "签名者为 {found}，但此处仅登记了 {known}；请核对密钥后再登记"


class CheckpointError(ForeignEvidenceError):
    """The text of a note is not a checkpoint of a log."""

    code = "E_LOG_CHECKPOINT"
    en = "this is not a checkpoint: {what}; it must be {limit}"
    zh = "这不是日志检查点（checkpoint）：{what}；必须为 {limit}"


class ProofError(ForeignEvidenceError):
    """A proof does not lead to the stated root."""

    code = "E_LOG_PROOF"
    en = "the {proof} proof fails: {what}; do not trust this log's copy, ask for the leaves"
    zh = "{proof} 证明不成立：{what}；请勿信任该日志副本，应索取原始叶数据"


class TimestampError(ForeignEvidenceError):
    """A text does not name one instant."""

    code = "E_TIME_TEXT"
    en = "'{text}' is not an instant: {what}; write it like 2026-03-31T16:00:00Z"
    zh = "'{text}' 不是有效时刻：{what}；请写成 2026-03-31T16:00:00Z 的形式"


class LogPositionError(EvidenceError):
    """A position or size was asked for that the log does not have."""

    code = "E_LOG_POSITION"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 的值为 {value}；必须满足 {limit}"


class FrontierError(EvidenceError):
    """A stored frontier cannot be the edge of a tree."""

    code = "E_LOG_FRONTIER"
    en = "the stored frontier is damaged: {what}; rebuild it from the leaves"
    zh = "存储的 frontier 已损坏：{what}；请由叶数据重建"


class ClockError(EvidenceError):
    """A clock was asked for something no clock may do."""

    code = "E_TIME_CLOCK"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 的值为 {value}；必须满足 {limit}"


class KeyMaterialError(EvidenceError):
    """A key cannot be used. The key itself is never quoted."""

    code = "E_KEY"


class KeyTextError(KeyMaterialError):
    """A key's text does not follow the C2SP form."""

    code = "E_KEY_TEXT"
    en = "this is not a key: {what}; copy the whole line that `init` printed"
    zh = "这不是密钥：{what}；请完整复制 `init` 打印的那一行"


class KeyAlgorithmError(KeyMaterialError):
    """A key of one purpose is used for another."""

    code = "E_KEY_ALGORITHM"
    en = "the key has algorithm 0x{found:02x}; here only {limit} will do"
    zh = "密钥算法为 0x{found:02x}；此处仅接受 {limit}"


class KeyConflictError(KeyMaterialError):
    """Two different keys carry one name and one id."""

    code = "E_KEY_CONFLICT"
    en = "two different keys are called '{key}'; remove the one that was not compared in person"
    zh = "有两个不同的密钥都名为 '{key}'；请删除未经当面核对的那一个"


class KeyFileError(KeyMaterialError):
    """A key file cannot be read or written."""

    code = "E_KEY_FILE"
    en = "the key file cannot be used: {what}"
    zh = "密钥文件不可用：{what}"


class KeyModeError(KeyFileError):
    """Others than the owner may read the key file."""

    code = "E_KEY_MODE"
    en = "the key file has mode {mode:04o}, so others can read or change it; run: chmod 600 {path}"
    zh = "密钥文件权限为 {mode:04o}，其他用户可读或可改；请执行：chmod 600 {path}"


class KeyExistsError(KeyFileError):
    """A key file is there already, and a key is never overwritten."""

    code = "E_KEY_EXISTS"
    en = "a key is here already and is never overwritten; move it away or choose another path"
    zh = "此处已有密钥，且绝不覆盖；请移走或另选路径"


class LeafError(ForeignEvidenceError):
    """A leaf's bytes are not a batch or a document of a known version."""

    code = "E_JSON_LEAF"
    en = (
        "this is not a batch or document of version 1 or 2: {what}; the bytes are kept as they came"
    )
    zh = "这不是版本 1 或 2 的批次或文档：{what}；原始字节已按原样保存"


class LeafContentError(ForeignEvidenceError):
    """A leaf can be read, but what it says contradicts itself."""

    code = "E_JSON_CONTENT"
    en = "{what}; the limit is {limit}; the bytes are kept and the stream is quarantined"
    zh = "{what}；限值为 {limit}；原始字节已保存，该数据流已隔离"


class EnvelopeError(ForeignEvidenceError):
    """A message is not an envelope of a known version."""

    code = "E_ENVELOPE"
    en = "this message is not an envelope of version 1: {what}"
    zh = "此消息不是版本 1 的信封：{what}"


class PeriodError(EvidenceError):
    """Activity data were asked for a period that cannot be stated."""

    code = "E_PERIOD"
    en = "{what}; it needs {limit}"
    zh = "{what}；需要 {limit}"


class CountedTwiceError(EvidenceError):
    """A sum counts one amount twice."""

    code = "E_COUNTED_TWICE"
    en = "{what}, so this sum counts it twice; leave one out, or take the difference"
    zh = "{what}，此和会重复计算；请只保留其一，或求差"


class UnlikeInfluenceError(EvidenceError):
    """One influence id stands for unlike things in what is put together."""

    code = "E_INFLUENCE_IDENTITY"
    en = (
        "'{influence}' acts on {first} and {second}, and is not known to be one thing: {what}; "
        "taken for one it would cancel. If they are two, give their papers distinct ids (the "
        "serial with the maker's name, the certificate's number with the laboratory's) and, until "
        "then, ask for each apart; if they are one, log the same certificate, maker and model for "
        "both"
    )
    zh = (
        "'{influence}' 同时作用于 {first} 与 {second}，但无法认定为同一对象：{what}；"
        "若当作同一对象会相互抵消。"
        "如为两个对象，请使用不同编号（出厂编号加厂家名，证书编号加机构名），在此之前请分别查询；"
        "如为同一对象，请为两者登记相同的证书、厂家与型号"
    )
