"""What an auditor pins and requires: keys, witnesses, remembered heads, checks."""

import tomllib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from calibration.dcc.errors import DccFileError
from calibration.dcc.trust import Trust, trust_of
from evidence.bundle.errors import PolicyError
from evidence.bundle.outcome import Check
from evidence.errors import Words
from evidence.log.key import Algorithm, Verifier, parse_verifier, require_algorithm

MAX_BYTES: Final = 256 * 1024
MOST_LABORATORIES: Final = 200
Line = Annotated[str, Meta(min_length=1, max_length=300)]


class PinnedAgent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent's key, and the site for which it may speak; a site of "" is not compared."""

    id: Line
    key: Line
    site: Annotated[str, Meta(max_length=300)] = ""


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A head of a log that was seen before: its origin, size and root (64 hexadecimal digits)."""

    origin: Line
    size: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    root: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is pinned and required.

    Args:
        agents: whose keys were compared in person.
        collectors, witnesses: their keys, `name+hash8+base64`.
        journals: keys of collectors' journals.
        laboratories: certificates whose signatures on calibration certificates are trusted, of
            laboratories or of authorities over them, PEM.
        heads: that were seen before.
        require: numbers of checks that must have been made.
        accept_simulated: whether a demonstration's clock will do.
    """

    schema: Literal[1]
    agents: tuple[PinnedAgent, ...] = ()
    collectors: tuple[Line, ...] = ()
    witnesses: tuple[Line, ...] = ()
    journals: tuple[Line, ...] = ()
    laboratories: Annotated[tuple[str, ...], Meta(max_length=MOST_LABORATORIES)] = ()
    heads: tuple[Head, ...] = ()
    require: tuple[Check, ...] = ()
    accept_simulated: bool = False

    @property
    def agent_keys(self) -> dict[str, tuple[Verifier, ...]]:
        """The pinned keys of each agent."""
        found: dict[str, tuple[Verifier, ...]] = {}
        for each in self.agents:
            found[each.id] = (*found.get(each.id, ()), _key(each.key, Algorithm.ED25519))
        return found

    @property
    def collector_keys(self) -> tuple[Verifier, ...]:
        """The pinned keys of collectors."""
        return tuple(_key(each, Algorithm.COSIGNATURE_V1) for each in self.collectors)

    @property
    def journal_keys(self) -> tuple[Verifier, ...]:
        """The pinned keys of collectors' journals."""
        return tuple(_key(each, Algorithm.ED25519) for each in self.journals)

    @property
    def witness_keys(self) -> tuple[Verifier, ...]:
        """The pinned keys of witnesses."""
        return tuple(_key(each, Algorithm.COSIGNATURE_V1) for each in self.witnesses)

    @property
    def trust(self) -> Trust | None:
        """Whose signatures on calibration certificates are trusted; None where nobody is named.

        Raises:
            PolicyError: one is no certificate.
        """
        if not self.laboratories:
            return None
        named = enumerate(self.laboratories, start=1)
        try:
            return trust_of({f"laboratories {number}": each.encode() for number, each in named})
        except DccFileError as wrong:
            raise PolicyError("policy", what=Words(wrong.say("en"), wrong.say("zh"))) from wrong


NO_POLICY: Final = Policy(schema=1)


def parse_policy(data: bytes, where: str) -> Policy:
    """The policy in a TOML file's bytes.

    Raises:
        PolicyError: it is none.
        KeyMaterialError: a key is no key of its purpose.
    """
    if len(data) > MAX_BYTES:
        what = Words(f"it has over {MAX_BYTES} bytes", f"超过 {MAX_BYTES} 字节")
        raise PolicyError(where, what=what)
    try:
        policy = msgspec.convert(tomllib.loads(data.decode()), Policy)
    except (ValueError, RecursionError) as cause:
        raise PolicyError(where, what=Words(str(cause), str(cause))) from cause
    _ = (policy.agent_keys, policy.collector_keys, policy.journal_keys, policy.witness_keys)
    _ = policy.trust
    return policy


def _key(line: str, algorithm: Algorithm) -> Verifier:
    verifier = parse_verifier(line, "policy")
    require_algorithm(verifier, algorithm)
    return verifier
