"""Whether the keys and sites in a bundle are those that an auditor pinned."""

from evidence.audit.said import counted
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.policy import Policy
from evidence.log.key import Verifier


def check_pins(bundle: Bundle, policy: Policy, findings: Findings) -> None:
    """Notes keys that the policy does not pin; without a policy nobody pinned them."""
    if not policy.agents and not policy.collectors:
        findings.skipped(
            Check.PINNED,
            "pinned by nobody: the keys are those of the bundle; compare them in person",
            "无人登记：密钥仅出自证据包本身；请当面核对",
        )
        return
    pinned = policy.agent_keys
    for log in bundle.manifest.logs:
        keys = bundle.agent_keys.get(log.agent, ())
        _require(keys, pinned.get(log.agent, ()), f"agent {log.agent}", findings)
    _require(bundle.collector_keys, policy.collector_keys, "collector", findings)
    _check_sites(bundle, policy, findings)
    count = len(bundle.manifest.keys)
    findings.held(Check.PINNED, counted(count, "key", "keys"), f"{count} 个密钥")


def _require(
    keys: tuple[Verifier, ...], pinned: tuple[Verifier, ...], where: str, findings: Findings
) -> None:
    for key in keys:
        if key not in pinned:
            en, zh = f"the key {key.label} is not pinned", f"密钥 {key.label} 未登记"
            findings.wrong(Check.PINNED, where, en, zh)


def _check_sites(bundle: Bundle, policy: Policy, findings: Findings) -> None:
    for each in policy.agents:
        site = bundle.manifest.sites.get(each.id)
        if each.site and site is not None and site != each.site:
            en = f"it stands on '{site}' here, and on '{each.site}' by the policy"
            zh = f"此处厂区为 '{site}'，策略中为 '{each.site}'"
            findings.wrong(Check.PINNED, f"agent {each.id}", en, zh)
