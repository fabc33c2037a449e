"""Only the uplink changes in agent.toml; everything else stays byte for byte."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.enrolment.uplink_text import with_uplink
from edge_agent.init import _EXAMPLE

SETTINGS: dict[str, str | int] = {
    "host": "broker.works.example",
    "port": 8883,
    "tls_ca": "state/broker-ca.pem",
    "tls_cert": "state/broker.pem",
    "collector_key": "collector+9d07a152+BB7t1kMvThH9vvcYA+6ECrGIIUbIsHgmkaQcUEHTQDyY",
}


def test_the_example_gets_its_uplink_and_keeps_its_comments() -> None:
    text = _EXAMPLE.format(agent="line-1", site="works")
    made = with_uplink(text, SETTINGS)
    assert made is not None
    assert tomllib.loads(made)["uplink"] == {"username": "", "password_file": "", **SETTINGS}
    before, after = text.splitlines(), made.splitlines()
    assert len(before) == len(after)
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert {a.split("=")[0].strip() for a, _ in changed} == set(SETTINGS)
    assert "# certificate authority of the broker; empty: no TLS" in made


def test_a_file_without_an_uplink_gets_one_at_its_end() -> None:
    text = "schema = 1\n[agent]\nid = 'a'  # mine\n[[lines]]\nname = 'x'"
    made = with_uplink(text, SETTINGS)
    assert made is not None
    assert made.startswith(text + "\n\n[uplink]\n")
    assert tomllib.loads(made)["uplink"] == SETTINGS


def test_what_is_missing_is_added_inside_the_table() -> None:
    text = "[uplink]\nusername = 'u'\n\n# lines follow\n[[lines]]\nname = 'x'\n"
    made = with_uplink(text, SETTINGS)
    assert made is not None
    assert tomllib.loads(made) == {
        "uplink": {"username": "u", **SETTINGS},
        "lines": [{"name": "x"}],
    }
    assert with_uplink(made, SETTINGS) == made


@pytest.mark.parametrize(
    "text",
    [
        "uplink = { host = 'a' }\n",
        "uplink.host = 'a'\n",
        '[uplink]\nhost = """\nport = 1\n"""\n',
        "[uplink]\n'host' = 'a'\n",
        "text = '''\n[uplink]\n'''\n",
        "not toml",
    ],
)
def test_where_it_cannot_be_done_safely_nothing_is_made(text: str) -> None:
    assert with_uplink(text, SETTINGS) is None


def test_a_value_that_would_need_an_escape_is_not_written() -> None:
    for value in ('a"b', "a\\b", "a\nb"):
        assert with_uplink("[uplink]\n", {"host": value}) is None


keys = st.sampled_from([*SETTINGS, "username", "password_file", "other"])
values = st.one_of(
    st.integers(0, 9), st.sampled_from(['"x"', "'y'", '"# no comment"', "'''z'''", "[1,\n2]"])
)
lines = st.lists(st.tuples(keys, values), max_size=8, unique_by=lambda each: each[0])


@given(lines, st.sampled_from(["", "  # said", "\t# 'quoted'"]), st.sampled_from(["\n", "\r\n"]))
def test_any_table_is_changed_as_asked_or_not_at_all(
    given_lines: list[tuple[str, object]], comment: str, end: str
) -> None:
    inside = "".join(f"{key} = {value}{comment}{end}" for key, value in given_lines)
    text = f"a = 1{end}[uplink]{end}{inside}{end}[b]{end}host = 'kept'{end}"
    made = with_uplink(text, SETTINGS)
    if made is None:
        assert "[1," in inside or "'''" in inside
        return
    before, after = tomllib.loads(text), tomllib.loads(made)
    assert after == {**before, "uplink": {**before["uplink"], **SETTINGS}}
    assert f"[b]{end}host = 'kept'{end}" in made
