"""A collector's folder with a registrar on it, and agents that ask it; all in stepped time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from collector.config import CollectorConfig, parse_config
from collector.enrolment.authority import new_key
from collector.enrolment.enrolling import CodeAsked, answer, issue_code
from collector.enrolment.registrar import Registrar
from collector.enrolment.set_up import Asked, set_up
from collector.people.administration import Doer
from evidence.clock import NS_PER_S, SteppedClock, parse_utc
from evidence.load import write_signing_key
from evidence.log.enrolment import Code, Enrolled, Purpose, Request, csr_digest, sign_request
from evidence.log.key import Algorithm, SigningKey, generate

NOW_NS = parse_utc("2026-11-30T08:00:00Z")
HOUR_NS = 3600 * NS_PER_S
WANG = Doer(who="host:wang", role="host")
CENTRE = generate("collector-1", b"c" * 32, Algorithm.COSIGNATURE_V1)
HEAD = '[collector]\nid = "collector-1"\nstate_dir = "state"\n'


def key_of(agent: str, seed: bytes = b"k") -> SigningKey:
    return generate(agent, seed * 32)


def filed(agent: str, site: str, key: SigningKey, *, revoked: bool = False) -> str:
    """An entry of collector.toml."""
    more = "revoked = true\n" if revoked else ""
    line = key.verifier.to_text()
    return f'[[agents]]\nid = "{agent}"\nsite = "{site}"\nkey = "{line}"\n{more}'


def csr_of(agent: str, key: EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)])
    built = x509.CertificateSigningRequestBuilder().subject_name(name)
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def certificates(text: str) -> Iterator[x509.Certificate]:
    yield from x509.load_pem_x509_certificates(text.encode())


@dataclass(slots=True, kw_only=True)
class Office:
    """A collector's folder."""

    folder: Path
    agents: str = ""
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOW_NS))
    rng: Random = field(default_factory=lambda: Random(1))
    open: list[Registrar] = field(default_factory=list)

    def __post_init__(self) -> None:
        state = self.folder / "state"
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (state / "collector.key").exists():
            write_signing_key(state / "collector.key", CENTRE)

    @property
    def config(self) -> CollectorConfig:
        return parse_config((HEAD + self.agents).encode(), "collector.toml", self.folder)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def registrar(self) -> Registrar:
        """One more, as another process would have it."""
        made = Registrar(self.config, self.clock)
        made.refresh()
        self.open.append(made)
        return made

    def with_broker(self) -> None:
        """Does what `collector broker` does."""
        set_up(self.registrar(), Asked(directory=self.folder / "broker", hosts=("127.0.0.1",)))

    def code(self, agent: str = "line-1", site: str = "works", hours: int = 24) -> Code:
        return issue_code(
            self.registrar(),
            (agent, site),
            CodeAsked(hours=hours, doer=WANG, reason="new gateway"),
            self.rng.randbytes,
        )

    def close(self) -> None:
        for each in self.open:
            each.close()


def ask(
    registrar: Registrar,
    signers: tuple[SigningKey, ...],
    key: SigningKey,
    purpose: Purpose = Purpose.ENROL,
    csr: bytes = b"",
    agent: str = "line-1",
) -> Enrolled:
    """What an agent is answered."""
    request = Request(purpose=purpose, agent=agent, key=key.verifier, csr_sha256=csr_digest(csr))
    return answer(registrar, sign_request(request, signers), csr)


def enrol(
    registrar: Registrar, code: Code, key: SigningKey, csr: bytes = b"", agent: str = "line-1"
) -> Enrolled:
    """What an agent is answered that shows a code."""
    return ask(registrar, (code.key_for(agent), key), key, csr=csr, agent=agent)


def fresh_csr(agent: str = "line-1") -> bytes:
    return csr_of(agent, new_key())
