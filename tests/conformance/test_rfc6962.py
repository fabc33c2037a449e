"""RFC 6962 section 2.1 on the test tree of certificate-transparency.

The eight leaves, the roots and the proofs are those that the project publishes with its
implementation (transparency-dev/merkle, testonly: LeafInputs, RootHashes, NodeHashes,
TestRefInclusionProof, TestRefConsistencyProof).
"""

import pytest

from evidence.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    leaf_hash(bytes.fromhex(text))
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_HASHES = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
]
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION: list[tuple[int, int, list[str]]] = [
    (0, 1, []),
    (0, 2, [LEAF_HASHES[1]]),
    (1, 2, [LEAF_HASHES[0]]),
    (2, 3, [N01]),
    (1, 5, [LEAF_HASHES[0], N23, LEAF_HASHES[4]]),
    (0, 8, [LEAF_HASHES[1], N23, N47]),
    (5, 8, [LEAF_HASHES[4], N67, N03]),
]
CONSISTENCY: list[tuple[int, int, list[str]]] = [
    (1, 1, []),
    (1, 8, [LEAF_HASHES[1], N23, N47]),
    (2, 5, [N23, LEAF_HASHES[4]]),
    (6, 8, [N45, N67, N03]),
]


def published_root(size: int) -> bytes:
    return bytes.fromhex(ROOTS[size])


def test_section_2_1_the_hash_of_an_empty_list_is_the_hash_of_an_empty_string() -> None:
    assert root_of([]) == root(Frontier()) == EMPTY_ROOT == published_root(0)


def test_section_2_1_leaf_hashes_are_the_published_ones() -> None:
    assert [leaf.hex() for leaf in LEAVES] == LEAF_HASHES


@pytest.mark.parametrize("size", range(1, 9))
def test_section_2_1_the_root_of_the_first_n_leaves_is_the_published_one(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = append(frontier, leaf)
    assert root_of(LEAVES[:size]) == root(frontier) == published_root(size)


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_section_2_1_1_audit_paths_are_the_published_ones(
    index: int, size: int, path: list[str]
) -> None:
    ours = inclusion_proof(LEAVES[:size], index)
    assert [step.hex() for step in ours] == path
    verify_inclusion(LEAVES[index], index, size, ours, published_root(size))


@pytest.mark.parametrize(("old_size", "new_size", "path"), CONSISTENCY)
def test_section_2_1_2_consistency_proofs_are_the_published_ones(
    old_size: int, new_size: int, path: list[str]
) -> None:
    ours = consistency_proof(LEAVES[:new_size], old_size)
    assert [step.hex() for step in ours] == path
    verify_consistency(old_size, published_root(old_size), new_size, published_root(new_size), ours)


# RFC 6962 section 2.1.3: the tree of 7 leaves d0..d6, hashes named as in its figures
# (leaves a b c d e f j; inner g h i k l; g = a b, h = c d, i = e f, k = g h, l = i j).
SEVEN = LEAVES[:7]
NODE = dict(zip("abcdefj", SEVEN, strict=True)) | {
    "g": root_of(SEVEN[0:2]),
    "h": root_of(SEVEN[2:4]),
    "i": root_of(SEVEN[4:6]),
    "k": root_of(SEVEN[0:4]),
    "l": root_of(SEVEN[4:7]),
}


@pytest.mark.parametrize(("index", "path"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_section_2_1_3_the_audit_paths_of_the_example(index: int, path: str) -> None:
    """2.1.3: the audit path for d0 is [b, h, l], d3 [c, g, l], d4 [f, j, k], d6 [i, k]."""
    assert inclusion_proof(SEVEN, index) == tuple(NODE[name] for name in path)


@pytest.mark.parametrize(("old_size", "path"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_section_2_1_3_the_consistency_proofs_of_the_example(old_size: int, path: str) -> None:
    """2.1.3: PROOF(3, D[7]) = [c, d, g, l], PROOF(4, D[7]) = [l], PROOF(6, D[7]) = [i, j, k]."""
    assert consistency_proof(SEVEN, old_size) == tuple(NODE[name] for name in path)
