"""Public keys for which one signature fits many texts: whoever pins one can be denied anything."""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.errors import KeyTextError
from evidence.log.key import Algorithm, Verifier, parse_verifier

FIELD = 2**255 - 19
EIGHTH = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
NEUTRAL = (1).to_bytes(32, "little")
FITS_ANY = NEUTRAL + bytes(32)
"""R the neutral point, S = 0: right wherever the hash times the key is the neutral point too."""


def encodings() -> list[bytes]:
    """All ways to write the eight points, those beyond the field's size included."""
    eighth = int.from_bytes(bytes.fromhex(EIGHTH), "little")
    values = [0, 1, FIELD - 1, eighth, FIELD - eighth, FIELD, FIELD + 1]
    return [(y | sign << 255).to_bytes(32, "little") for y in values for sign in (0, 1)]


def fits(public: bytes) -> int:
    """How many of 64 texts the one signature fits; -1 where the library refuses the key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return -1
    return sum(_fits(key, f"text {number}".encode()) for number in range(64))


def _fits(key: Ed25519PublicKey, text: bytes) -> bool:
    try:
        key.verify(FITS_ANY, text)
    except InvalidSignature:
        return False
    return True


def test_the_library_takes_such_keys_and_the_signature_that_nobody_made() -> None:
    assert fits(NEUTRAL) == 64
    assert sum(fits(each) > 0 for each in encodings()) >= 8


@pytest.mark.parametrize("public", encodings(), ids=bytes.hex)
def test_such_a_key_is_no_key_here(public: bytes) -> None:
    with pytest.raises(KeyTextError, match="small order"):
        Verifier(name="gw-1", algorithm=Algorithm.ED25519, public_bytes=public)
    typed = b"\x01" + public
    key_id = hashlib.sha256(b"gw-1\n" + typed).digest()[:4].hex()
    with pytest.raises(KeyTextError, match="E_KEY_TEXT"):
        parse_verifier(f"gw-1+{key_id}+{base64.b64encode(typed).decode()}")


def test_the_constants_are_points_of_order_eight() -> None:
    """On -x^2 + y^2 = 1 + d x^2 y^2: doubled three times they are neutral, and not before."""
    d = -121665 * pow(121666, -1, FIELD) % FIELD
    y = int.from_bytes(bytes.fromhex(EIGHTH), "little")
    x2 = (y * y - 1) * pow(d * y * y + 1, -1, FIELD) % FIELD
    x = pow(x2, (FIELD + 3) // 8, FIELD)
    if x * x % FIELD != x2:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    assert x * x % FIELD == x2
    point, orders = (x, y), []
    for _ in range(3):
        point = _doubled(*point, d)
        orders.append(point == (0, 1))
    assert orders == [False, False, True]


def _doubled(x: int, y: int, d: int) -> tuple[int, int]:
    k = d * x * x * y * y
    return (
        2 * x * y * pow(1 + k, -1, FIELD) % FIELD,
        (y * y + x * x) * pow(1 - k, -1, FIELD) % FIELD,
    )
