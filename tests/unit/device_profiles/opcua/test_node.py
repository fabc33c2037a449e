"""Node ids as text: the forms of the standard, a foreign parser, and texts that name none."""

import contextlib
from uuid import UUID

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.opcua.errors import NodeIdError
from device_profiles.opcua.node import LONGEST, Node, index_in, parse, text_of

NODES = st.builds(
    lambda namespace, identifier: Node(namespace=namespace, identifier=identifier),
    st.integers(0, 0xFFFF) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    st.one_of(
        st.integers(0, 0xFFFF_FFFF),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
        st.uuids(),
        st.binary(min_size=1, max_size=20),
    ),
)


@given(NODES)
def test_what_was_printed_is_parsed_again(node: Node) -> None:
    assert parse(text_of(node)) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("i=2258", Node(identifier=2258)),
        ("ns=2;i=0", Node(namespace=2, identifier=0)),
        ("ns=2;s=Line1.Energy;kWh=x", Node(namespace=2, identifier="Line1.Energy;kWh=x")),
        ("nsu=urn:maker:meter;s=E", Node(namespace="urn:maker:meter", identifier="E")),
        ("nsu=urn:a%3Bb%253B;i=7", Node(namespace="urn:a;b%3B", identifier=7)),
        (
            "ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a",
            Node(namespace=1, identifier=UUID("09087e75-8e5e-499b-954f-f2a9603db28a")),
        ),
        (
            "ns=1;b=M/RbKBsRVkePCePcx24oRA==",
            Node(namespace=1, identifier=b"3\xf4[(\x1b\x11VG\x8f\t\xe3\xdc\xc7n(D"),
        ),
    ],
)
def test_the_forms_of_the_standard_are_read(text: str, node: Node) -> None:
    assert parse(text) == node
    assert text_of(node) == text


@pytest.mark.parametrize("text", ["i=2258", "ns=3;i=70000", "ns=2;s=a b", "ns=65535;i=4294967295"])
def test_a_foreign_parser_reads_the_same_node(text: str) -> None:
    foreign, node = ua.NodeId.from_string(text), parse(text)
    assert (foreign.NamespaceIndex, foreign.Identifier) == (node.namespace, node.identifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Line1.Energy",
        "ns=2",
        "ns=2;",
        "ns=2;s=",
        "ns=65536;i=1",
        "ns=-1;i=1",
        "ns=2;i=-1",
        "ns=2;i=4294967296",
        "ns=2;i=１",
        "ns=2;x=1",
        "nsu=;s=a",
        "ns=2;nsu=urn:a;s=b",
        "s=" + "x" * (LONGEST + 1),
        "ns=1;g=1234",
        "ns=1;b=***",
        " i=1",
    ],
)
def test_a_text_that_names_no_node_is_refused(text: str) -> None:
    with pytest.raises(NodeIdError) as caught:
        parse(text, "meter.toml")
    assert caught.value.code == "E_PROFILE_NODE"
    assert "节点" in caught.value.say("zh")


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(NodeIdError):
        parse(text)


def test_a_namespace_is_found_by_its_uri_wherever_the_server_has_it() -> None:
    node = parse("nsu=urn:b;i=1")
    assert index_in(node, ["http://opcfoundation.org/UA/", "urn:a", "urn:b"]) == 2
    assert index_in(node, ["urn:b"]) == 0
    assert index_in(node, []) is None
    assert index_in(parse("ns=7;i=1"), []) == 7
