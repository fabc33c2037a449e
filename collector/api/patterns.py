"""What names in a question look like, and how a person says so. Pure."""

from collections.abc import Mapping
from typing import Final

from evidence.errors import Words

CHANNEL: Final = r"^[^\s,\x00-\x1f\x7f]{1,200}$"
SITE: Final = r"^[^\s/,\x00-\x1f\x7f]{1,100}$"
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
BOUNDARY: Final = r"^[^\s/,\x00-\x1f\x7f]{1,100}/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
SHA256: Final = r"^[0-9a-f]{64}$"
EPOCH: Final = r"^[0-9a-f]{32}$"
ID: Final = r"^[^\x00-\x1f\x7f]{1,200}$"
REASON: Final = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
SAID: Final[Mapping[str, Words]] = {
    CHANNEL: Words(
        "one name is needed, such as works/line-1/active_energy_import, of up to 200 characters "
        "without spaces and commas",
        "须为单个名称，如 works/line-1/active_energy_import，不超过 200 个字符，不含空格和逗号",
    ),
    SITE: Words(
        "a site's name is needed, of up to 100 characters without spaces, commas and slashes",
        "须为厂区名称，不超过 100 个字符，不含空格、逗号和斜线",
    ),
    NAME: Words(
        "a name is needed, of up to 64 letters, digits, dots, dashes and underscores, of which a "
        "letter or a digit comes first",
        "须为名称：字母、数字、点、短横线和下划线，不超过 64 个字符，以字母或数字开头",
    ),
    BOUNDARY: Words(
        "the name of a saved boundary is needed, such as works/line-2: its site, a slash, a name; "
        "channels have a parameter of their own",
        "须为已保存边界的名称，如 works/line-2：厂区、斜线、名称；通道另有参数",
    ),
    SHA256: Words(
        "a SHA-256 is needed: 64 digits of 0-9 and a-f", "须为 SHA-256：64 位 0-9 与 a-f"
    ),
    EPOCH: Words(
        "the epoch of a log is needed: 32 digits of 0-9 and a-f",
        "须为日志的 epoch：32 位 0-9 与 a-f",
    ),
    ID: Words(
        "a number or name is needed, of up to 200 characters in one line",
        "须为编号或名称，单行，不超过 200 个字符",
    ),
    REASON: Words("some words are needed, in one line", "须为一行文字，不可为空"),
}
"""What is needed where a text does not match."""
