"""Why a bundle cannot be read, or not be made: stable codes, what, where, which limit, what to do.

What can be read and does not prove what it should is no error but an outcome of the checks.
"""

from evidence.errors import EvidenceError, ForeignEvidenceError


class BundleError(ForeignEvidenceError):
    """The file is not a bundle that can be read."""

    code = "E_BUNDLE"
    en = "this is not a bundle of version 1 or 2: {what}; ask for it again from whoever made it"
    zh = "这不是版本 1 或 2 的证据包：{what}；请向制作者重新索取"


class ZipStructureError(BundleError):
    """The bytes are no zip file, a damaged one, or one with more than its members in it."""

    code = "E_ZIP_STRUCTURE"
    en = "the zip file is damaged or unusual: {what}; copy it again, nothing was unpacked"
    zh = "zip 文件损坏或结构异常：{what}；请重新复制，未解包任何内容"


class ZipLimitError(BundleError):
    """The zip file is larger than a bundle may be, or says it will be."""

    code = "E_ZIP_LIMIT"
    en = "{name}: {found}; at most {limit}; it is not a bundle that this software made"
    zh = "{name}：{found}；上限为 {limit}；该文件并非由本软件制作"


class ZipNameError(BundleError):
    """A member has a name that no member of a bundle has: a path out of it, say, or a link."""

    code = "E_ZIP_NAME"
    en = "the member {name} is none of a bundle ({what}); nothing was unpacked"
    zh = "成员 {name} 不属于证据包（{what}）；未解包任何内容"


class ZipDuplicateError(BundleError):
    """Two members have one name, so two readers could see different files."""

    code = "E_ZIP_DUPLICATE"
    en = "two members are called {name}; nothing was unpacked"
    zh = "有两个成员同名 {name}；未解包任何内容"


class ZipEncryptedError(BundleError):
    """A member is encrypted."""

    code = "E_ZIP_ENCRYPTED"
    en = "the member {name} is encrypted; a bundle is open to everybody"
    zh = "成员 {name} 已加密；证据包不应加密"


class ZipMemberError(BundleError):
    """A member is not there, or its bytes are damaged."""

    code = "E_ZIP_MEMBER"
    en = "the member {name} cannot be read: {what}; copy the file again"
    zh = "无法读取成员 {name}：{what}；请重新复制文件"


class PolicyError(EvidenceError):
    """The file that says what is pinned and required cannot be used."""

    code = "E_POLICY"
    en = "the policy cannot be used: {what}; see docs/reference/evidence-bundle.md"
    zh = "策略文件不可用：{what}；参见 docs/reference/evidence-bundle.md"


class BundleFileError(EvidenceError):
    """A file cannot be read or written."""

    code = "E_BUNDLE_FILE"
    en = "the file cannot be used: {what}"
    zh = "文件不可用：{what}"
