"""What can be wrong with an OPC UA profile before any byte travels."""

from device_profiles.errors import ProfileError


class NodeIdError(ProfileError):
    """A text that names no node."""

    code = "E_PROFILE_NODE"
    en = "'{found}' names no node: {what}"
    zh = "'{found}' 不是节点标识：{what_zh}"
    remedy_en = "write it like ns=2;s=Line1.Energy, nsu=<uri>;s=... or i=2258"
    remedy_zh = "请写成 ns=2;s=Line1.Energy、nsu=<uri>;s=... 或 i=2258 的形式"
