"""Checks 1, 2 and 15: whose the certificate is, who made it, is it authentic (pure)."""

from calibration.certificate import CalibrationCertificate
from calibration.history.chain import certificate_by_id
from calibration.history.scrutiny import scrutiny
from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Pointer
from evidence.audit.stood import Stood

_SCOPE = frozenset({"not_accredited", "outside_scope", "below_capability"})


def identity(material: Material) -> CheckOutcome:
    """Check 1: the certificate's number, and the instrument that it names."""
    look = Look(1)
    for stood in material.stood:
        decided = material.confirmations(stood)
        factor = None if decided else material.factor(stood)
        if factor is not None:
            _identity_of(look, material, stood, factor.certificate.id)
        elif not decided:
            look.find(
                f"{stood.serial} at {stood.channel}: no certificate was in use",
                f"{stood.channel} 的器具 {stood.serial}：期间没有在用证书",
            )
        for each in decided:
            _identity_of(look, material, stood, each.certificate)
    look.leave(
        "number of pages, and the plate of the instrument: to be looked at on site",
        "证书页数与器具铭牌：须现场核对",
    )
    serials = len(material.stood)
    return look.tell(
        f"instruments: {serials}; serial, maker and model of the certificates in use",
        f"器具：{serials} 台；在用证书的编号、出厂编号、厂家与型号",
        applies=bool(material.stood),
    )


def _identity_of(look: Look, material: Material, stood: Stood, certificate: str) -> None:
    pointer = material.papers.named("certificate", certificate)
    own = certificate_by_id(material.register, certificate)
    if own is None:
        look.find(
            f"{stood.serial}: certificate {certificate} is not in the register",
            f"{stood.serial}：证书 {certificate} 不在台账中",
            pointer,
        )
        return
    look.see(pointer)
    what = own.instrument
    if what.serial != stood.serial:
        look.find(
            f"{certificate} is for serial {what.serial}, {stood.serial} is installed",
            f"证书 {certificate} 的出厂编号为 {what.serial}，在用器具为 {stood.serial}",
            pointer,
        )
    if not (what.maker.strip() and what.model.strip()):
        look.find(
            f"{certificate} does not say maker and model",
            f"证书 {certificate} 未注明厂家或型号",
            pointer,
        )
    _same_type(look, material, own)
    _one_number(look, material, own)


def _same_type(look: Look, material: Material, own: CalibrationCertificate) -> None:
    """Certificates of one serial number must be of one type."""
    for other in material.register.certificates:
        same = other.instrument.serial == own.instrument.serial
        if same and other.instrument != own.instrument:
            look.find(
                f"{own.id} and {other.id} name different makers or models of one serial number",
                f"证书 {own.id} 与 {other.id} 对同一出厂编号给出不同的厂家或型号",
                material.papers.of(own),
                material.papers.of(other),
            )


def _one_number(look: Look, material: Material, own: CalibrationCertificate) -> None:
    """Certificates of one number must be of one laboratory, for one instrument.

    Their influences have one id, though what the one is off by is not what the other is.
    """
    whose = own.laboratory.name, own.instrument
    for other in material.register.certificates:
        if other.id == own.id and (other.laboratory.name, other.instrument) != whose:
            found, its = other.instrument.serial, other.laboratory.name
            look.find(
                f"{own.id} is the number of two certificates: {own.laboratory.name} for serial "
                f"{own.instrument.serial}, {its} for serial {found}; give them distinct numbers",
                f"证书编号 {own.id} 用于两份证书：{own.laboratory.name}（出厂编号 "
                f"{own.instrument.serial}）与 {its}（出厂编号 {found}）；请使用不同编号",
                *material.papers.versions("certificate", own.id),
            )


def laboratory(material: Material) -> CheckOutcome:
    """Check 2: authorisation or accreditation, and whether the item lies in the scope that day."""
    look, seen = Look(2), 0
    for stood in material.stood:
        for own in material.certificates(stood):
            seen += 1
            _laboratory_of(look, material, own)
    look.leave(
        "whether the number is the laboratory's: ask the accreditation body",
        "认可/授权编号是否属于该机构：须向认可机构查询",
    )
    return look.tell(
        f"certificates: {seen}; number, time and scope of the accreditation, least U",
        f"证书 {seen} 份：授权/认可编号、有效期、范围与最小不确定度",
        applies=bool(material.stood),
    )


def _laboratory_of(look: Look, material: Material, own: CalibrationCertificate) -> None:
    pointer, made = material.papers.of(own), own.laboratory
    if not made.accreditation.strip():
        look.find(
            f"{own.id}: {made.name} names no authorisation or accreditation",
            f"证书 {own.id}：{made.name} 未注明授权或认可编号",
            pointer,
        )
    for each in scrutiny(material.register, own):
        if each.code in _SCOPE:
            look.find(each.say("en"), each.say("zh"), pointer)
    if made.capabilities and (made.accredited_from or made.accredited_until):
        look.see(pointer)
        return
    look.leave(
        f"{own.id}: the time or the scope of the accreditation is not on record",
        f"证书 {own.id}：认可有效期或范围未登记",
    )
    if made.capabilities or made.accredited_from or made.accredited_until:
        look.see(pointer)


def authenticity(material: Material) -> CheckOutcome:
    """Check 15: digests of the certificates, their versions, and whether one was withdrawn."""
    look, seen = Look(15), 0
    for stood in material.stood:
        for decided in material.confirmations(stood):
            own = certificate_by_id(material.register, decided.certificate)
            if own is not None:
                seen += 1
                _authentic(look, material, own)
    look.leave(
        "the issuer was not asked, and no QR code or signature was read",
        "未向出具机构查询，未读取二维码或电子签名",
    )
    return look.tell(
        f"certificates: {seen}; bytes in the log, digest of the laboratory's document, versions",
        f"证书 {seen} 份：日志中的字节、机构原件摘要、版本",
        applies=bool(material.stood),
    )


def _authentic(look: Look, material: Material, own: CalibrationCertificate) -> None:
    versions = material.papers.versions("certificate", own.id)
    look.see(*versions)
    if not versions:
        look.find(
            f"{own.id} is in no log: nothing proves its bytes",
            f"证书 {own.id} 不在日志中：其字节无从证明",
        )
    if len(versions) > 1:
        look.find(
            f"{own.id} was logged with {len(versions)} different contents",
            f"证书 {own.id} 在日志中有 {len(versions)} 个不同内容",
            *versions,
        )
    if not own.document_sha256:
        look.find(
            f"{own.id} does not cite the digest of the laboratory's own document",
            f"证书 {own.id} 未记载机构原件的摘要",
            *versions,
        )
    _original(look, material, own)
    for each in material.register.events:
        if each.event == "certificate_withdrawn" and each.certificate == own.id:
            look.find(
                f"{own.id} was withdrawn: {each.reason or each.recorded_by}",
                f"证书 {own.id} 已撤销：{each.reason or each.recorded_by}",
                material.papers.of(each),
            )


def _original(look: Look, material: Material, own: CalibrationCertificate) -> None:
    """The laboratory's own document, where the certificate cites one."""
    cited = own.document_sha256
    if cited and cited in material.originals:
        look.see(Pointer(kind="original", id=own.id, sha256=cited))
    elif cited:
        look.leave(
            f"{own.id}: the laboratory's document {cited[:12]} is not kept here",
            f"证书 {own.id}：机构原件 {cited[:12]} 未保存在此处",
        )
