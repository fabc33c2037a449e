"""Whether a bundle's file is as it was written: its seal, and the digests of its members."""

import hashlib

from evidence.audit.said import counted
from evidence.bundle.form import MANIFEST, Member
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings


def check_file(bundle: Bundle, findings: Findings) -> None:
    """Notes what differs.

    Raises:
        BundleError: a member is damaged.
    """
    container = bundle.container
    if container.seal != container.sealed:
        en, zh = f"it says {container.seal!r}", f"注释为 {container.seal!r}"
        findings.wrong(Check.SEAL, "zip comment", en, zh)
    findings.held(Check.SEAL, f"SHA-256 {container.sealed}", f"SHA-256 {container.sealed}")
    listed = {each.name: each for each in bundle.manifest.members}
    for name in sorted({*listed, *container.names} - {MANIFEST}):
        if name not in listed or name not in container.names:
            findings.wrong(Check.MEMBERS, name, "it is not listed, or not here", "未列出或不存在")
        elif _member(bundle, name) != listed[name]:
            en, zh = "it has another digest or length", "摘要或长度不符"
            findings.wrong(Check.MEMBERS, name, en, zh)
    findings.held(Check.MEMBERS, counted(len(listed), "member", "members"), f"{len(listed)} 个成员")


def check_agents(bundle: Bundle, findings: Findings) -> None:
    """Notes agents of whom the manifest has a key or a site, and of whom no log is here."""
    manifest = bundle.manifest
    here = {each.agent for each in manifest.logs}
    for agent in sorted({*manifest.sites, *bundle.agent_keys} - here):
        en, zh = "a key or a site of it is listed, and no log", "列有其密钥或厂区，但未含其日志"
        findings.wrong(Check.MEMBERS, f"manifest.json agent {agent}", en, zh)


def _member(bundle: Bundle, name: str) -> Member:
    digest = hashlib.sha256()
    for portion in bundle.container.portions(name):
        digest.update(portion)
    size = bundle.container.size(name)
    return Member(name=name, bytes=size, sha256=digest.hexdigest())
