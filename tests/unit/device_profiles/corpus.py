"""The corpus of bad profiles: what is not TOML, and what has one fault each."""

from tests.unit.device_profiles.examples import channel, document

GOOD = channel("x", '{ address = 0, format = "uint16" }')


def _source(source: str, more: str = "", **head: str) -> str:
    return document(channel("x", source, more), **head)


TOML = {
    "a key twice": "schema = 1\nschema = 1\n",
    "a channel key twice": _source('{ address = 0, address = 1, format = "uint16" }'),
    "no for false": _source('{ address = 0, format = "uint16" }', "required = no"),
    "octal by accident": _source('{ address = 010, format = "uint16" }'),
    "sexagesimal": _source('{ address = 1:30, format = "uint16" }'),
    "a tab for a value": _source('{ address = \t, format = "uint16" }'),
    "a yaml document": "id: example\nchannels:\n\t- name: x\n",
    "a yaml alias bomb": "a: &a [x]\nb: &b [*a,*a]\n",
    "a yaml object": "x: !!python/object:os.system {}\n",
    "a byte order mark": "\ufeffschema = 1\n",
    "not closed": 'id = "example\n',
    "a control character": 'id = "exa\x00mple"\n',
    "an impossible date": "id = 2026-02-30\n",
    "an endless integer": "schema = " + "9" * 5000 + "\n",
    "a tower of lists": "channels = " + "[" * 100_000 + "\n",
    "a tower of tables": "channels = " + "{a=" * 60_000 + "\n",
    "a dotted key without end": "a." * 120_000 + "a = 1\n",
}
SHAPE = {
    "E_PROFILE_UNKNOWN_KEY": [
        (channel("x", '{ address = 0, format = "int16" }', "offst = 1"), "x].offst", "offset"),
        (
            channel("x", '{ address = 0, format = "int16", sentinel = ["8000"] }'),
            "channels[x].source.sentinel",
            "sentinels",
        ),
        (
            channel("x", '[{ address = 0, format = "int16", wieght = 2 }]'),
            "channels[x].source[0].wieght",
            "weight",
        ),
    ],
    "E_PROFILE_MISSING_KEY": [
        (GOOD.replace('unit = "kW.h",', ""), "channels[x].unit", "add"),
        (channel("x", '{ format = "uint16" }'), "channels[x].source.address", "add"),
    ],
    "E_PROFILE_TYPE": [
        (channel("x", '{ address = "0", format = "uint16" }'), "source.address", "int"),
        (channel("x", '{ address = 1e3, format = "uint16" }'), "source.address", "int"),
        (channel("x", '{ address = 0, format = "uint16" }', 'required = "no"'), "required", "bool"),
        (channel("x", '{ address = 0, format = "uint16" }', "scale = true"), "scale", "float"),
        (channel("x", '{ address = 0, format = "uint16" }', "note = 1979-05-27"), "note", "str"),
        (channel("x", "7"), "channels[x].source", "object"),
        ("7", "channels[0]", "object"),
    ],
    "E_PROFILE_LIMIT": [
        (channel("X!", '{ address = 0, format = "uint16" }'), "channels[X!].name", "[a-z]"),
        (GOOD.replace("kW.h", "kW.h\\t"), "channels[x].unit", "regex"),
        (GOOD.replace("kW.h", "kW.h\\n"), "channels[x].unit", "regex"),
        (channel("x", '{ address = 0, format = "uint16" }', "scale = nan"), "scale", "finite"),
        (channel("x", '{ address = 0, format = "uint16" }', "scale = 1e400"), "scale", "finite"),
        (channel("x", '{ address = 0, format = "uint16" }', "scale = 0"), "scale", "not 0"),
        (channel("x", '{ address = 0, format = "uint16" }', "resolution = 0"), "resolution", "> 0"),
        (
            channel("x", '{ address = 0, format = "uint16" }', "plausible = [5, 5]"),
            "channels[x].plausible",
            "low < high",
        ),
        (
            channel("x", '{ address = 0, format = "uint16" }', "plausible = [1, 2, 3]"),
            "channels[x].plausible",
            "length 2",
        ),
        (
            channel("x", '{ address = 0, format = "uint16" }', "plausible = [0, inf]"),
            "channels[x].plausible",
            "finite",
        ),
        (channel("x", "[]"), "channels[x].source", "length >= 1"),
        (channel("x", '[{ address = 0, format = "int16", weight = 0 }]'), "source", "not 0"),
        (
            channel("x", '{ address = 0, format = "int32", word_order = "ABDC" }'),
            "source.word_order",
            "ABDC",
        ),
        (
            channel("x", '{ address = 0, format = "int16", sentinels = ["0x80"] }'),
            "source.sentinels",
            "0-9A-F",
        ),
        ("", "channels", "length >= 1"),
    ],
    "E_PROFILE_FORMAT": [
        (channel("x", '{ address = 0, format = "uint23" }'), "source.format", "uint32"),
        (channel("x", '{ address = 0, format = "FLOAT32" }'), "source.format", "float64"),
    ],
    "E_PROFILE_ADDRESS": [
        (channel("x", '{ address = 400001, format = "uint16" }'), "source.address", "<= 65535"),
        (channel("x", '{ address = -1, format = "uint16" }'), "source.address", ">= 0"),
        (channel("x", '{ address = 65535, format = "uint32" }'), "source.address", "0..65535"),
        (
            channel("x", '{ address = 0, format = "int16", scale_factor_address = 65536 }'),
            "source.scale_factor_address",
            "0-based",
        ),
    ],
    "E_PROFILE_OVERLAP": [
        (GOOD + "\n" + channel("y", '{ address = 0, format = "int16" }'), "channels[y]", "'x'"),
        (
            channel("x", '{ address = 4, format = "float64" }')
            + "\n"
            + channel("y", '{ address = 7, format = "float32" }'),
            "channels[y].source.address",
            "7..7 of function 3",
        ),
        (
            channel("x", '{ address = 0, format = "int16", scale_factor_address = 0 }'),
            "channels[x].source.address",
            "0..0",
        ),
    ],
    "E_PROFILE_SPAN": [
        (
            channel(
                "x", '[{ address = 0, format = "int16" }, { address = 200, format = "int16" }]'
            ),
            "channels[x].source",
            "max_registers 125",
        ),
        (
            channel("x", '{ address = 0, format = "int16", scale_factor_address = 9 }'),
            "channels[x].source",
            "gap_registers 0",
        ),
    ],
    "E_PROFILE_SOURCE": [
        (
            channel("x", '{ address = 0, format = "int32", sentinels = ["8000"] }'),
            "channels[x].source.sentinels",
            "2 registers",
        ),
        (channel("x", '{ address = 0, format = "bit" }'), "source.format", "bit for 1, 2"),
        (
            channel("x", '{ address = 0, format = "int16", function = 1 }'),
            "source.format",
            "bit for 1, 2",
        ),
        (
            channel("x", '{ address = 0, format = "float32", scale_factor_address = 2 }'),
            "source.scale_factor_address",
            "integer",
        ),
        (
            channel("x", '{ address = 0, format = "int16", counts = { low = 5, high = 5 } }'),
            "source.counts",
            "low != high",
        ),
        (
            channel(
                "x",
                '[{ address = 0, format = "int16" }, '
                '{ address = 1, format = "int16", function = 4 }]',
            ),
            "channels[x].source",
            "one function",
        ),
    ],
    "E_PROFILE_CHANNEL_TWICE": [
        (GOOD + "\n" + channel("x", '{ address = 1, format = "int16" }'), "channels[x]", "unique"),
    ],
    "E_PROFILE_PARAMETER": [
        (
            channel("x", '{ address = 0, format = "int16" }', 'multiply_by = ["ct_ratio"]'),
            "channels[x].multiply_by",
            "declared",
        ),
    ],
    "E_PROFILE_CITATION": [
        (channel("x", '{ address = 0, format = "int16" }', 'cites = "page7"'), "cites", "manual"),
    ],
}
