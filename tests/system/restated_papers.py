"""Certificates of one meter that come late, are corrected or withdrawn; and what follows, exactly.

The oracle knows the increments as whole numbers and the certificates' relative errors as decimals,
and adds fractions: it shares no code with what is tested.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from evidence.clock import utc_text
from tests.unit.collector.api.plant import (
    LINE_1,
    POLLS_A_DAY,
    START_NS,
    Plant,
    confirmation,
    energy_certificate,
    shown,
)

HOUR_NS = 3_600_000_000_000
POLLS_AN_HOUR = 4


@dataclass(slots=True)
class Papers:
    """What the agent logged about its meter.

    Attributes:
        errors: Relative error by certificate, as it was stated last.
        confirmed: (first poll, certificate) of confirmations, in order of their recording.
        withdrawn: Certificates that were.
        count: Of files that were logged.
    """

    plant: Plant
    rng: Random
    errors: dict[str, Fraction] = field(default_factory=lambda: {"E-1": Fraction("0.002")})
    confirmed: list[tuple[int, str]] = field(default_factory=lambda: [(-1, "E-1")])
    withdrawn: set[str] = field(default_factory=set)
    count: int = 0

    def exact(self) -> Fraction:
        """What the day comes to under all that is known."""
        grown = (
            Fraction(shown(LINE_1, poll + 1)) - Fraction(shown(LINE_1, poll))
            for poll in range(POLLS_A_DAY)
        )
        return sum((each / (1 + self._error(poll)) for poll, each in enumerate(grown)), Fraction(0))

    def _error(self, poll: int) -> Fraction:
        applied = [
            (first, number, certificate)
            for number, (first, certificate) in enumerate(self.confirmed)
            if first <= poll and certificate not in self.withdrawn
        ]
        return self.errors[max(applied)[2]] if applied else Fraction(0)

    def change(self) -> str:
        """Logs one paper that changes the past; the certificate that it is about."""
        standing = sorted(set(self.errors) - self.withdrawn)
        kinds = [self._correct, self._correct, self._late]
        if len(standing) > 1:
            kinds.append(self._withdraw)
        return self.rng.choice(kinds)(self.rng.choice(standing))

    def _correct(self, certificate: str) -> str:
        """The laboratory issues a certificate again, with another result."""
        self.errors[certificate] = self._other()
        self._log_certificate(certificate)
        return certificate

    def _late(self, _certificate: str) -> str:
        """A new certificate, confirmed from an hour of the day on, comes after the day."""
        certificate = f"E-1-{len(self.errors)}"
        hour = self.rng.randrange(24)
        self.errors[certificate] = self._other()
        self.confirmed.append((hour * POLLS_AN_HOUR, certificate))
        self._log_certificate(certificate)
        data = confirmation(f"K-1-{len(self.confirmed)}", certificate, "S-1", "2027-01-06")
        data = data.replace(
            b"2026-01-07T08:00:00+08:00", utc_text(START_NS + hour * HOUR_NS).encode()
        )
        self._log("confirmation", data.replace(b"2026-01-07T00:00:00Z", self._now()))
        return certificate

    def _withdraw(self, certificate: str) -> str:
        """A certificate never supported anything, as it turns out."""
        self.withdrawn.add(certificate)
        self._log(
            "event",
            f'schema = 1\nevent = "certificate_withdrawn"\ncertificate = "{certificate}"\n'.encode()
            + b"at = 2026-04-01T00:00:00Z\nrecorded_at = "
            + self._now()
            + b'\nrecorded_by = "Li Wei"\n',
        )
        return certificate

    def _other(self) -> Fraction:
        return Fraction(self.rng.randrange(-90, 90), 10_000)

    def _log_certificate(self, certificate: str) -> None:
        data = energy_certificate(certificate, "S-1")
        data = data.replace(b"[0.002]", f"[{float(self.errors[certificate])!r}]".encode())
        day = b"2026-01-05" if certificate == "E-1" else b"2026-03-%02d" % (1 + self.count)
        data = data.replace(b"performed_on = 2026-01-05", b"performed_on = " + day)
        self._log("certificate", data.replace(b"2026-01-06T08:00:00+08:00", self._now()))

    def _log(self, kind: str, data: bytes) -> None:
        assert kind in ("certificate", "confirmation", "event")
        self.count += 1
        self.plant.log_file(self.plant.gw1, kind, f"{kind}-{self.count}.toml", data)  # type: ignore[arg-type]

    def _now(self) -> bytes:
        return utc_text(self.plant.bench.clock.now_ns()).encode()
