"""Row 10: hash, sign and verify a batch, against the bare primitives on the same bytes.

Ours: leaf hash, frontier, checkpoint note signed; the collector's part opens the note and
compares the root. Bare: one SHA-256 and one Ed25519 signature or verification.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.batch_size import cpu_us
from benchmarks.figures import Bound, Figure, compared
from benchmarks.readings import HEAD, plant
from evidence.log.checkpoint import Checkpoint, open_checkpoint, origin, sign_checkpoint
from evidence.log.in_parts import encode_parted
from evidence.log.key import generate, keyring
from evidence.log.merkle import Frontier, append, leaf_hash, root

ROUNDS, LEAVES = 9, 1000
BOUND = Bound(goal=1.3, gate=2.0)


def measure() -> list[Figure]:
    """The figures of row 10."""
    leaf, key = encode_parted(plant().batch(10), HEAD.seed), generate("bench", b"s" * 32)
    private = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    known, frontier = keyring([key.verifier]), Frontier()
    for n in range(LEAVES):
        frontier = append(frontier, leaf_hash(b"%d" % n))

    def head() -> Checkpoint:
        grown = append(frontier, leaf_hash(leaf))
        return Checkpoint(origin=origin("bench", "ab" * 16), size=grown.size, root=root(grown))

    def sign() -> bytes:
        return sign_checkpoint(head(), [key])

    def verify() -> None:
        assert open_checkpoint(note, known).checkpoint.root == head().root

    def bare_sign() -> bytes:
        return private.sign(hashlib.sha256(leaf).digest())

    def bare_verify() -> None:
        public.verify(signature, hashlib.sha256(leaf).digest())

    note, public, signature = sign(), private.public_key(), bare_sign()
    sides = (("hash and sign", bare_sign, sign), ("hash and verify", bare_verify, verify))
    found = []
    for name, yardstick, subject in sides:
        pairs = [(cpu_us(yardstick), cpu_us(subject)) for _ in range(ROUNDS + 1)][1:]
        against = "SHA-256 + Ed25519"
        figure = compared(
            10, f"{name} a batch of 1,000", pairs, unit="µs", against=against, bound=BOUND
        )
        found.append(figure)
    return found
