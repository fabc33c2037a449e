"""A second verifier of evidence bundles: one file, Python and `cryptography`, nothing else.

    python minimal_verifier.py BUNDLE.zip

Written from evidence-bundle.md and batch-v1.md. It makes checks 1-3, 5-9 and the digests of 13,
and computes a register's or a rate's uncorrected amount again by simple means. It prints a line
for each check and exits with 0 if none failed, 1 if one did, 2 if the file cannot be read.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FOREIGN = (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, RecursionError)
UNREADABLE = (*FOREIGN, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, OverflowError)
MOST = 4 * 1024**3
HOUR_MS = 3_600_000

class Wrong(Exception):
    """A check fails."""

def need(holds, what):
    if not holds:
        raise Wrong(what)

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

# --- keys and notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---------------------

def key_of(line):
    name, rest = line.split("+", 1)
    key_id, text = rest.split("+", 1)
    typed = base64.b64decode(text, validate=True)
    need(len(typed) == 33, "a key is not 33 bytes")
    need(sha(name.encode(), b"\n", typed)[:4].hex() == key_id, "a key's id is another one")
    return name, bytes.fromhex(key_id), typed[0], Ed25519PublicKey.from_public_bytes(typed[1:])

def note_of(data):
    text = data.decode("utf-8")
    body, _, tail = text.rpartition("\n\n")
    body += "\n"
    need(tail.endswith("\n"), "the note's last line is not ended")
    signatures = []
    for line in tail[:-1].split("\n"):
        dash, name, value = line.split(" ")
        need(dash == "\u2014", "a signature line does not begin with a dash")
        raw = base64.b64decode(value, validate=True)
        need(base64.b64encode(raw).decode() == value, "base64 is not canonical")
        signatures.append((name, raw[:4], raw[4:]))
    need(len({each[:2] for each in signatures}) == len(signatures), "a key signs twice")
    return body, signatures

def signed_by(data, keys, algorithm):
    """Text of a note and the time in it (0 for a checkpoint), if one of the keys signed it."""
    body, signatures = note_of(data)
    for name, key_id, kind, public in keys:
        for signer, signer_id, signature in signatures:
            if (name, key_id) != (signer, signer_id) or kind != algorithm:
                continue
            at, message = 0, body.encode()
            if algorithm == 4:
                (at,) = struct.unpack(">Q", signature[:8])
                message = b"cosignature/v1\ntime %d\n" % at + message
                signature = signature[8:]
            try:
                public.verify(signature, message)
            except InvalidSignature:
                raise Wrong(f"the signature of {name} does not fit") from None
            return body, at
    raise Wrong("signed by no key of the bundle")

def head_of(body):
    lines = body.split("\n")
    need(len(lines) >= 4 and lines[-1] == "", "the checkpoint lacks lines")
    need(lines[1] == str(int(lines[1])), "the size is not plain decimal")
    root = base64.b64decode(lines[2], validate=True)
    need(len(root) == 32 and base64.b64encode(root).decode() == lines[2], "the root is no hash")
    return lines[0], int(lines[1]), root

# --- Merkle trees (RFC 6962) ---------------------------------------------------------------

def split(count):
    return 1 << (count - 1).bit_length() - 1

def tree_root(data, leaves):
    (size,) = struct.unpack_from(">Q", data)
    rest = list(struct.iter_unpack(">QQ32s", data[8:]))[::-1]
    shown = sorted(leaves.items(), reverse=True)

    def root(first, count):
        if rest and rest[-1][:2] == (first, count):
            return rest.pop()[2]
        if count == 1:
            need(shown and shown[-1][0] == first, f"leaf {first} is neither shown nor withheld")
            return shown.pop()[1]
        left = split(count)
        return sha(b"\x01", root(first, left), root(first + left, count - left))

    need(0 < size < 2**63, "the size cannot be")
    found = root(0, size)
    need(not shown and not rest, "leaves or subtrees are left over")
    return size, found

def consistent(old_size, old_root, size, root, proof):
    """RFC 9162, section 2.1.4.2."""
    if old_size == size:
        need(old_root == root, "two roots of one size")
        return
    need(0 < old_size < size, "the older head is longer")
    nodes = ([old_root] if old_size & (old_size - 1) == 0 else []) + list(proof)
    need(nodes, "the proof is empty")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = nodes[0]
    for node in nodes[1:]:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01", node, fr), sha(b"\x01", node, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\x01", sr, node)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and fr == old_root and sr == root, "the proof leads to another root")

def proofs_of(data):
    found, at = {}, 0
    while at < len(data):
        size, count = struct.unpack_from(">QI", data, at)
        at += 12
        need(at + 32 * count <= len(data), "a proof is cut off")
        found[size] = [data[at + 32 * n : at + 32 * n + 32] for n in range(count)]
        at += 32 * count
    return found

# --- the bundle ------------------------------------------------------------------------------

def once(pairs):
    need(len(dict(pairs)) == len(pairs), "a key stands twice")
    return dict(pairs)

def parsed(data):
    return json.loads(data.decode("utf-8"), object_pairs_hook=once)

class Bundle:
    def __init__(self, data):
        self.data = data
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
        names = [each.filename for each in infos]
        need(len(infos) <= 2000 and len(set(names)) == len(names), "members are too many or twice")
        need(sum(each.file_size for each in infos) < MOST, "it is too large")
        self.members = {each.filename: archive.read(each) for each in infos}
        self.seal = archive.comment.decode("ascii")
        self.manifest = parsed(self.members["manifest.json"])
        need(self.manifest["carbonmeter"] == "bundle/1", "it is of another version")
        self.statement = parsed(self.members["statement.json"])
        self.logs = self.manifest["logs"]
        need(len({(each["agent"], each["epoch"]) for each in self.logs}) == len(self.logs), "a log is twice")
        self.leaves = [{} for _ in self.logs]
        for name in sorted(self.members):
            if name.startswith("leaves/"):
                self._frames(self.members[name])

    def _frames(self, data):
        at = 0
        while at < len(data):
            log, sequence, _, length = struct.unpack_from(">IQQI", data, at)
            at += 24
            need(at + length <= len(data), "a leaf is cut off")
            need(sequence > max(self.leaves[log], default=-1), "a leaf is out of order")
            self.leaves[log][sequence] = data[at : at + length]
            at += length

    def keys(self, role, of=None):
        return [
            key_of(each["line"])
            for each in self.manifest["keys"]
            if each["role"] == role and of in (None, each["of"])
        ]

    def batches(self):
        for leaves in self.leaves:
            for data in leaves.values():
                leaf = parsed(data)
                if leaf["carbonmeter"] == "batch/1":
                    yield leaf

def check_seal(bundle):
    need(bundle.seal == sha(bundle.data[:-64]).hex(), "the comment is another digest")

def check_members(bundle):
    listed = {each["name"]: each for each in bundle.manifest["members"]}
    need({*listed, "manifest.json"} == {*bundle.members}, "members and manifest differ")
    for name, each in listed.items():
        data = bundle.members[name]
        need((len(data), sha(data).hex()) == (each["bytes"], each["sha256"]), f"{name} differs")

def check_statement(bundle):
    bare = {k: v for k, v in bundle.statement.items() if k not in ("digest", "supersedes")}
    digest = sha(canonical(bundle, bare)).hex()
    need(digest == bundle.statement["digest"], "the statement has another digest")
    need(digest == bundle.manifest["activity"], "the manifest names another statement")

def canonical(bundle, bare):
    """Sorted keys, no white space; numbers keep the digits in which they are published."""
    text = bundle.members["statement.json"].decode("utf-8")
    exact = json.loads(text, parse_float=Published, parse_int=Published)
    return dumped({k: exact[k] for k in bare}).encode()

class Published(str):
    """A number as it is written."""

def dumped(value):
    if isinstance(value, Published):
        return str(value)
    if isinstance(value, dict):
        rows = (f"{json.dumps(k, ensure_ascii=False)}:{dumped(value[k])}" for k in sorted(value))
        return "{" + ",".join(rows) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

def each_log(bundle):
    for number, log in enumerate(bundle.logs):
        yield number, f"carbonmeter/{log['agent']}/{log['epoch']}", f"logs/{number:04}/"

def head(bundle, number, origin, folder):
    keys = bundle.keys("agent", bundle.logs[number]["agent"])
    body, _ = signed_by(bundle.members[folder + "checkpoint.txt"], keys, 1)
    found = head_of(body)
    need(found[0] == origin, "it is the head of another log")
    return found

def receipt(bundle, origin, folder):
    body, at = signed_by(bundle.members[folder + "receipt.txt"], bundle.keys("collector"), 4)
    found = head_of(body)
    need(found[0] == origin, "it is a receipt of another log")
    return found

def check_checkpoints(bundle):
    for number, origin, folder in each_log(bundle):
        head(bundle, number, origin, folder)

def check_inclusion(bundle):
    for number, _, folder in each_log(bundle):
        hashes = {n: sha(b"\x00", data) for n, data in bundle.leaves[number].items()}
        found = tree_root(bundle.members[folder + "tree.bin"], hashes)
        body, _ = note_of(bundle.members[folder + "checkpoint.txt"])
        need(found == head_of(body)[1:], "the leaves lead to another root")

def check_places(bundle):
    for number, log in enumerate(bundle.logs):
        for sequence, data in bundle.leaves[number].items():
            leaf = parsed(data)
            said = (leaf["agent"], leaf["epoch"], leaf["sequence"])
            need(said == (log["agent"], log["epoch"], sequence), f"leaf {sequence} says {said}")

def check_receipts(bundle):
    for _, origin, folder in each_log(bundle):
        receipt(bundle, origin, folder)

def check_consistency(bundle):
    for number, _, folder in each_log(bundle):
        old = head_of(note_of(bundle.members[folder + "receipt.txt"])[0])
        new = head_of(note_of(bundle.members[folder + "checkpoint.txt"])[0])
        proofs = proofs_of(bundle.members[folder + "consistency.bin"])
        consistent(*old[1:], *new[1:], proofs.get(old[1], []))
        need(max(bundle.leaves[number], default=-1) < old[1], "a leaf is not receipted")

def check_documents(bundle):
    logged = set()
    for leaves in bundle.leaves:
        for data in leaves.values():
            leaf = parsed(data)
            if leaf["carbonmeter"] == "document/1":
                content = base64.b64decode(leaf["content"], validate=True)
                need(sha(content).hex() == leaf["sha256"], f"{leaf['name']} has another digest")
                logged.add(f"documents/{leaf['sha256']}")
    copies = {name for name in bundle.members if name.startswith("documents/")}
    need(copies == logged, "the copies are not those that were logged")
    for name in copies:
        need(name == f"documents/{sha(bundle.members[name]).hex()}", f"{name} differs")

# --- the amount, by simple means -------------------------------------------------------------

def column(progression, rows):
    steps = progression["steps"]
    steps = [steps] * (rows - 1) if isinstance(steps, int) else steps
    found = [progression["first"]] if rows else []
    for step in steps:
        found.append(found[-1] + step)
    need(len(found) == rows, "a column has another length")
    return found

def points(bundle, channel):
    """Instant (ms) and indication of all readings that the bundle shows, and a head."""
    found, head = {}, None
    for batch in bundle.batches():
        for stream in batch["streams"]:
            if stream["head"]["channel"] == channel:
                head = stream["head"]
                at = column(stream["at_ms"], stream["rows"])
                found.update(zip(at, stream["indication"], strict=True))
    return sorted(found.items()), head

def edge(rows, at, period):
    """The register at an instant: the reading at it, or the straight line between two."""
    before = [row for row in rows if row[0] <= at + period // 2]
    after = [row for row in rows if row[0] > at + period // 2]
    need(before, "no reading before an edge")
    (t0, r0) = before[-1]
    if abs(t0 - at) <= period // 2:
        return r0
    need(after, "no reading behind an edge")
    (t1, r1) = after[0]
    return r0 + (r1 - r0) * (at - t0) / (t1 - t0)

def amount(bundle):
    """The uncorrected amount; None where it takes more than simple means."""
    said = bundle.statement
    times = (said["period"][name] for name in ("start", "end"))
    start, end = (round(datetime.fromisoformat(each).timestamp() * 1000) for each in times)
    rows, head = points(bundle, said["channel"])
    if head is None or said["events"]:
        return None  # computed from other channels, or exchanged within
    how, period = said["measurand"]["accumulation"], head["period_ms"]
    if how == "register":
        return edge(rows, end, period) - edge(rows, start, period)
    if said["completeness"]["missing"] or set(said["qualities"]) - {"good", "overdue"}:
        return None  # what is missing is told by the others, hour by hour
    half = period // 2 if how == "rate" else -(period // 2)
    inside = [value for at, value in rows if start - half <= at < end - half]
    if how == "interval" and said["unit"] == head["measurand"]["unit"]:
        return sum(inside)
    return sum(inside) * period / HOUR_MS if said["unit"] == head["measurand"]["unit"] + ".h" else None

def check_amount(bundle):
    found = amount(bundle)
    if found is None:
        return "not checked: it takes more than simple means"
    stated = bundle.statement["uncorrected_value"]
    near = 1e-6 * abs(stated)
    need(abs(found - stated) <= near, f"{stated} is stated where {found} follows")
    return f"{found!r}"

CHECKS = {
    1: ("seal", check_seal),
    2: ("members", check_members),
    3: ("digest of the statement", check_statement),
    5: ("checkpoints", check_checkpoints),
    6: ("inclusion", check_inclusion),
    7: ("places", check_places),
    8: ("receipts", check_receipts),
    9: ("consistency", check_consistency),
    13: ("documents", check_documents),
    21: ("uncorrected amount", check_amount),
}

def outcomes(data):
    """What becomes of each check: number -> (ok, words). Raises Wrong for what is no bundle."""
    try:
        bundle = Bundle(data)
    except UNREADABLE as cause:
        raise Wrong(f"it cannot be read: {cause}") from cause
    found = {}
    for number, (_, check) in CHECKS.items():
        try:
            found[number] = (True, check(bundle) or "")
        except Wrong as wrong:
            found[number] = (False, str(wrong))
        except FOREIGN as cause:
            found[number] = (False, f"it cannot be read: {cause!r}")
    return found

def main(path):
    try:
        with open(path, "rb") as file:
            found = outcomes(file.read(MOST))
    except (OSError, Wrong) as wrong:
        print(ascii(str(wrong)), file=sys.stderr)
        return 2
    for number, (ok, words) in found.items():
        print(f"{number:>3}  {'ok' if ok else 'failed':<6}  {CHECKS[number][0]}: {ascii(words)}")
    return 0 if all(ok for ok, _ in found.values()) else 1

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else 2)
