"""A simulated laboratory, its standards and the institute they are traced to, as written."""

from datetime import date

from simulators.certificate import Laboratory
from simulators.form import Name, NotNegative, Positive, ScenarioForm


class LaboratoryForm(ScenarioForm, frozen=True, kw_only=True):
    """The laboratory that calibrates every instrument; `id` begins the certificates' ids."""

    id: Name = "SIMLAB"
    name: str = "Simulated laboratory"
    accreditation: str = "none (simulated)"
    scope: str = "simulated instruments"

    def as_issuer(self) -> Laboratory:
        """The laboratory as a certificate names it."""
        return Laboratory(name=self.name, accreditation=self.accreditation, scope=self.scope)


class InstituteForm(ScenarioForm, frozen=True, kw_only=True):
    """The institute that keeps the national standards; `id` stands in their influence ids."""

    id: Name = "SIMNMI"
    name: str = "Simulated national institute"
    accreditation: str = "none (simulated)"
    scope: str = "simulated national standards"


class NationalForm(ScenarioForm, frozen=True, kw_only=True):
    """A national standard, its certificate, and its share in what is verified with it."""

    id: Name
    model: str
    performed_on: date
    valid_until: date
    relative_standard_uncertainty: NotNegative


class TracedForm(ScenarioForm, frozen=True, kw_only=True):
    """The verification of a reference standard against a national one."""

    model: str
    performed_on: date
    valid_until: date
    mpe_relative: Positive
    national: NationalForm


class StandardForm(ScenarioForm, frozen=True, kw_only=True):
    """A reference standard; its true error is drawn from its stated uncertainty.

    Without `traced` its own certificate is not at hand.
    """

    id: Name
    relative_standard_uncertainty: NotNegative
    traced: TracedForm | None = None
