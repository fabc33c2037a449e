"""A profile as the text of a TOML file, from what is said about device and channels (pure)."""

import json
from collections.abc import Mapping, Sequence

from device_profiles.points_head import Head


def profile_text(
    head: Head, parameters: Sequence[str], channels: Sequence[tuple[str, Mapping[str, str]]]
) -> str:
    """The text of a profile.

    Args:
        head: what is said about the device.
        parameters: names of the parameters that channels are multiplied by.
        channels: for each a comment, and its keys in TOML's own writing.
    """
    lines = [
        "schema = 1",
        f"id = {_string(head.id)}",
        f"maker = {_string(head.maker)}",
        f"model = {_string(head.model)}",
        'protocol = "modbus"',
        f"title.en = {_string(head.title_en)}",
        f"title.zh = {_string(head.title_zh)}",
        "",
        "sources = [",
        _source(head),
        "]",
        "",
        f"modbus.unit_id = {head.unit_id}",
        f"modbus.function = {head.function}",
        f"modbus.word_order = {_string(head.word_order)}",
        "",
        *(f"parameters.{_key(name)} = {_PARAMETER}" for name in parameters),
        "# Addresses stand as in the frame (0-based). Check each guess.",
        "channels = [",
        *(line for comment, keys in channels for line in _channel(comment, keys)),
        "]",
    ]
    return "\n".join(lines) + "\n"


_PARAMETER = '{ default = 1.0, unit = "1", meaning = "as on the type plate of the site" }'


def _channel(comment: str, keys: Mapping[str, str]) -> tuple[str, str]:
    joined = ", ".join(f"{key} = {value}" for key, value in keys.items())
    kept = "".join(each for each in comment if each.isprintable())
    return f"  # {kept}", f"  {{ {joined} }},"


def _source(head: Head) -> str:
    document, page, grade = (_string(each) for each in (head.document, head.page, head.grade))
    return f'  {{ key = "points", document = {document}, page = {page}, grade = {grade} }},'


def _key(name: str) -> str:
    """`name` as a TOML key; what is no bare key is quoted, and lint says what is wrong."""
    return name if name.isascii() and name.replace("_", "").isalnum() else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
