"""A second verifier of evidence bundles: one file, Python and `cryptography`, nothing else.

    python minimal_verifier.py BUNDLE.zip

Written from evidence-bundle.md, batch-v1.md and batch-v2.md. It makes checks 1-3, 5-9, of 13 the
digests, and of 21 the uncorrected amount by simple means; the others it prints as not checked. It
exits with 0 if none failed, 1 if one did, 2 if the file cannot be read.
"""

import base64
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from datetime import datetime
from functools import partial
from itertools import accumulate

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FOREIGN = (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, RecursionError)
UNREADABLE = (*FOREIGN, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, OverflowError)
MOST, HOUR_MS = 4 * 1024**3, 3_600_000
Published = type("Published", (str,), {})  # a number as it is written

class Wrong(Exception):
    """A check fails."""

def need(holds, what):
    if not holds:
        raise Wrong(what)

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

# --- keys and notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---------------------
def key_of(line):
    name, key_id, text = line.split("+", 2)
    typed = base64.b64decode(text, validate=True)
    need(len(typed) == 33, "a key is not 33 bytes")
    need(sha(name.encode(), b"\n", typed)[:4].hex() == key_id, "a key's id is another one")
    return name, bytes.fromhex(key_id), typed[0], Ed25519PublicKey.from_public_bytes(typed[1:])

def note_of(data):
    """Text of a signed note, and its signatures by name and id of the key."""
    body, _, tail = data.decode("utf-8").rpartition("\n\n")
    need(tail.endswith("\n"), "the note's last line is not ended")
    found = {}
    for line in tail[:-1].split("\n"):
        dash, name, value = line.split(" ")
        raw = base64.b64decode(value, validate=True)
        need(dash == "\u2014" and base64.b64encode(raw).decode() == value, "a line differs")
        need((name, raw[:4]) not in found, "a key signs twice")
        found[name, raw[:4]] = raw[4:]
    return body + "\n", found

def signed_by(data, keys, algorithm):
    """Text of a note, if one of the keys signed it."""
    body, signatures = note_of(data)
    for name, key_id, kind, public in keys:
        signature, message = signatures.get((name, key_id)), body.encode()
        if signature is None or kind != algorithm:
            continue
        if algorithm == 4:
            at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = b"cosignature/v1\ntime %d\n" % at + message
        try:
            public.verify(signature, message)
        except InvalidSignature:
            raise Wrong(f"the signature of {name} does not fit") from None
        return body
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
    """RFC 6962, section 2.1.2: both roots follow from the older one and the proof."""
    rest = list(proof)
    def roots(old, count, known):
        if old == count:
            node = old_root if known else rest.pop()
            return node, node
        left, node = split(count), rest.pop()
        if old <= left:
            before, now = roots(old, left, known)
            return before, sha(b"\x01", now, node)
        before, now = roots(old - left, count - left, False)
        return sha(b"\x01", node, before), sha(b"\x01", node, now)
    need(0 < old_size <= size, "the older head is longer")
    found = roots(old_size, size, True)
    need(found == (old_root, root) and not rest, "the proof leads to another root")

def proofs_of(data):
    found, at = {}, 0
    while at < len(data):
        size, count = struct.unpack_from(">QI", data, at)
        cut, at = range(at + 12, at + 12 + 32 * count, 32), at + 12 + 32 * count
        need(at <= len(data), "a proof is cut off")
        found[size] = [data[n : n + 32] for n in cut]
    return found

def once(pairs):
    need(len(dict(pairs)) == len(pairs), "a key stands twice")
    return dict(pairs)

def parsed(data, **how):
    return json.loads(data.decode("utf-8"), object_pairs_hook=once, **how)

# --- leaves ----------------------------------------------------------------------------------
FIRST = re.compile(rb'\{"carbonmeter":"((?:batch|document|journal)/2)","blind":"([0-9a-f]{64})",\n')
DOCUMENT = ["kind", "name", "sha256", "content"]
FORMS = (None, b"batch/2", b"document/2")

def whole(data):
    """Kind of a leaf of version 2, and salt and line of its parts; None and the bytes of others."""
    first = FIRST.match(data)
    if first is None or data.count(b"\n") > 8192:
        return None, data
    salt = b"carbonmeter/salt/1\n" + bytes.fromhex(first[2].decode())
    lines = enumerate(data[first.end() :].split(b"\n"), 1)
    return first[1], [(sha(salt, n.to_bytes(4, "big")), line) for n, line in lines]

def partly(kind, data):
    """Likewise of a leaf that is shown in part: of what is withheld its commitment, and None."""
    found, at = [], 0
    while at < len(data):
        need(data[at] < 2, "a part is neither shown nor withheld")
        head, line, end = data[at + 1 : at + 33], None, at + 33
        if data[at]:
            begin, (length,) = end + 4, struct.unpack_from(">I", data, end)
            line, end = data[begin : begin + length], begin + length
        need(end <= len(data) and b"\n" not in (line or b""), "a part is cut off, or is two")
        found.append((head, line))
        at = end
    return kind, found

def hash_of(kind, parts):
    if kind is None:
        return sha(b"\x00", parts)
    committed = [head if line is None else sha(head, line) for head, line in parts]
    return sha(b"\x02", kind, b"\n", len(committed).to_bytes(4, "big"), *committed)

def said(kind, parts):
    """What a leaf says, or what is shown of it: each line is by itself a whole piece of JSON."""
    if kind is None:
        return parsed(parts)
    (head, *rest), end = (line for _, line in parts), b","
    if kind == b"batch/2":
        border, end = rest.index(b'],"records":['), b',"streams":['
        need(rest.pop() == b"]}", "the last line is another one")
        lists = {"streams": rest[:border], "records": rest[border + 1 :]}
        own = {name: pieces(lines, b"%b") for name, lines in lists.items()}
        need(all(type(each) is dict for some in own.values() for each in some), "no object")
    else:
        need(kind == b"document/2" and len(rest) == 4 and rest[-1][-1:] == b"}", "no such leaf")
        fields = pieces([*rest[:-1], rest[-1][:-1]], b"{%b}")
        names = [name for name, line in zip(DOCUMENT, rest, strict=True) if line is not None]
        need([[*each] for each in fields] == [[name] for name in names], "a field is misplaced")
        own = {name: value for each in fields for name, value in each.items()}
    need(head.endswith(end), "the head has another end")
    leaf = parsed(b"{%b}" % head[: -len(end)])
    need(not {"carbonmeter", "blind", *own} & {*leaf}, "a key stands twice")
    return {"carbonmeter": kind.decode(), **leaf, **own}

def pieces(lines, form):
    """What lines say that are shown; behind each but the last stands a comma."""
    found = []
    for left, line in zip(range(len(lines) - 1, -1, -1), lines, strict=True):
        if line is not None:
            need(line.endswith(b",") is (left > 0), "a comma is out of its place")
            found.append(parsed(form % (line[:-1] if left else line)))
    return found

# --- the bundle ------------------------------------------------------------------------------
class Bundle:
    def __init__(self, data):
        self.data = data
        infos = (archive := zipfile.ZipFile(io.BytesIO(data))).infolist()
        need(len(infos) <= 2000 and sum(e.file_size for e in infos) < MOST, "it is too large")
        self.members = {each.filename: archive.read(each) for each in infos}
        need(len(self.members) == len(infos), "a member is twice")
        self.seal = archive.comment.decode("ascii")
        self.manifest = parsed(self.members["manifest.json"])
        self.statement = parsed(self.members["statement.json"])
        self.logs = self.manifest["logs"]
        names = [f"carbonmeter/{each['agent']}/{each['epoch']}" for each in self.logs]
        need(len(set(names)) == len(names), "a log is twice")
        self.places = [(n, name, f"logs/{n:04}/") for n, name in enumerate(names)]
        self.leaves = [{} for _ in self.logs]
        for name in sorted(each for each in self.members if each.startswith("leaves/")):
            self._frames(self.members[name])

    def _frames(self, data):
        layout = {"bundle/1": ">IQQI", "bundle/2": ">IQQBI"}[self.manifest["carbonmeter"]]
        at = 0
        while at < len(data):
            log, sequence, _, *form, length = struct.unpack_from(layout, data, at)
            begin = at + struct.calcsize(layout)
            at, kind = begin + length, FORMS[form[0]] if form else None
            need(at <= len(data), "a leaf is cut off")
            need(sequence > max(self.leaves[log], default=-1), "a leaf is out of order")
            body = data[begin:at]
            self.leaves[log][sequence] = whole(body) if kind is None else partly(kind, body)

    def said(self):
        """Log, sequence and content of all leaves, as far as they are shown."""
        for number, leaves in enumerate(self.leaves):
            for sequence, leaf in leaves.items():
                yield number, sequence, said(*leaf)

def check_members(bundle):
    listed = {each["name"]: each for each in bundle.manifest["members"]}
    need({*listed, "manifest.json"} == {*bundle.members}, "members and manifest differ")
    for name, each in listed.items():
        found = len(bundle.members[name]), sha(bundle.members[name]).hex()
        need(found == (each["bytes"], each["sha256"]), f"{name} differs")

def check_statement(bundle):
    """Canonical: sorted keys, no white space; numbers keep the digits that they have."""
    exact = parsed(bundle.members["statement.json"], parse_float=Published, parse_int=Published)
    bare = {k: v for k, v in exact.items() if k not in ("digest", "supersedes")}
    digest = sha(dumped(bare).encode()).hex()
    need(digest == bundle.statement["digest"] == bundle.manifest["activity"], f"it is {digest}")

def dumped(value):
    if isinstance(value, dict):
        return "{%s}" % ",".join(f"{dumped(k)}:{dumped(value[k])}" for k in sorted(value))
    if isinstance(value, list):
        return "[%s]" % ",".join(map(dumped, value))
    return str(value) if isinstance(value, Published) else json.dumps(value, ensure_ascii=False)

def check_notes(bundle, name, role, algorithm):
    for number, origin, folder in bundle.places:
        owner = bundle.logs[number]["agent"]
        own = (each for each in bundle.manifest["keys"] if each["role"] == role)
        keys = [key_of(each["line"]) for each in own if role != "agent" or each["of"] == owner]
        body = signed_by(bundle.members[folder + name], keys, algorithm)
        need(head_of(body)[0] == origin, "it is of another log")

def check_inclusion(bundle):
    for number, _, folder in bundle.places:
        hashes = {n: hash_of(*leaf) for n, leaf in bundle.leaves[number].items()}
        found = tree_root(bundle.members[folder + "tree.bin"], hashes)
        head = head_of(note_of(bundle.members[folder + "checkpoint.txt"])[0])
        need(found == head[1:], "the leaves lead to another root")

def check_places(bundle):
    for number, sequence, leaf in bundle.said():
        log, place = bundle.logs[number], (leaf["agent"], leaf["epoch"], leaf["sequence"])
        need(place == (log["agent"], log["epoch"], sequence), f"leaf {sequence} says {place}")

def check_consistency(bundle):
    for number, _, folder in bundle.places:
        old = head_of(note_of(bundle.members[folder + "receipt.txt"])[0])
        new = head_of(note_of(bundle.members[folder + "checkpoint.txt"])[0])
        proofs = proofs_of(bundle.members[folder + "consistency.bin"])
        consistent(*old[1:], *new[1:], proofs.get(old[1], []))
        need(max(bundle.leaves[number], default=-1) < old[1], "a leaf is not receipted")

def check_documents(bundle):
    logged = set()
    for _, sequence, leaf in bundle.said():
        if "content" in leaf:
            content = base64.b64decode(leaf["content"], validate=True)
            need(sha(content).hex() == leaf["sha256"], f"leaf {sequence} has another digest")
            logged.add(f"documents/{leaf['sha256']}")
    copies = {name: data for name, data in bundle.members.items() if name.startswith("documents/")}
    need({*copies} == logged, "the copies are not those that were logged")
    need(all(n == f"documents/{sha(d).hex()}" for n, d in copies.items()), "a copy differs")

# --- the amount, by simple means -------------------------------------------------------------
def column(progression, rows):
    steps = progression["steps"]
    steps = [steps] * (rows - 1) if isinstance(steps, int) else steps
    need(len(steps) == max(rows - 1, 0), "a column has another length")
    return list(accumulate(steps, initial=progression["first"]))[:rows]

def points(bundle, channel, start):
    """Instant, indication and poll period (ms) of all readings that the bundle shows, and a head."""
    found, head = {}, None
    for _, _, leaf in bundle.said():
        for stream in leaf.get("streams", ()):
            if stream["head"]["channel"] == channel:
                head, rows = stream["head"], stream["rows"]
                at = [placed(n, start, head["period_ms"]) for n in column(stream["at_ms"], rows)]
                found.update((n, (n, v, head["period_ms"])) for n, v in zip(at, stream["indication"], strict=True))
    return sorted(found.values()), head

def placed(at, start, period):
    """The edge of an hour that a reading stands for, within 2 % of a period; else its instant."""
    hour = start + (at - start + HOUR_MS // 2) // HOUR_MS * HOUR_MS
    return hour if abs(at - hour) <= period // 50 else at

def edge(rows, at):
    """The register at an instant: the reading that stands for it, the line between two, or an end."""
    before = [row for row in rows if row[0] <= at] or rows[:1]
    (t0, r0, _), after = before[-1], rows[len(before) :]
    return r0 if t0 >= at or not after else r0 + (after[0][1] - r0) * (at - t0) / (after[0][0] - t0)

def amount(bundle):
    """The uncorrected amount; None where it takes more than simple means."""
    said = bundle.statement
    start, end = (datetime.fromisoformat(said["period"][n]).timestamp() * 1000 for n in ("start", "end"))
    need(start % (HOUR_MS // 4) == 0 == (end - start) % HOUR_MS, "its period is not of full hours")
    rows, head = points(bundle, said["channel"], start)
    if not rows or said["events"] or "clock_suspect" in said["completeness"]["missing"]:
        return None  # computed from other channels, exchanged within, or not to be placed
    if (how := said["measurand"]["accumulation"]) == "register":
        read = start + (rows[-1][0] - start) // HOUR_MS * HOUR_MS  # hours that are read to their end
        return edge(rows, min(end, max(start, read))) - edge(rows, start)
    if said["completeness"]["missing"] or set(said["qualities"]) - {"good", "overdue"}:
        return None  # what is missing is told by the others, hour by hour
    inside = [each for each in rows if (start <= each[0] < end if how == "rate" else start < each[0] <= end)]
    if how == "interval" and said["unit"] == head["measurand"]["unit"]:
        return sum(v for _, v, _ in inside)
    is_of_rate = said["unit"] == head["measurand"]["unit"] + ".h"
    return sum(v * period for _, v, period in inside) / HOUR_MS if is_of_rate else None

def check_amount(bundle):
    found, stated = amount(bundle), bundle.statement["uncorrected_value"]
    if found is None:
        return None, "it takes more than simple means"
    need(abs(found - stated) <= 1e-6 * abs(stated), f"{stated} is stated where {found} follows")
    return True, f"{found!r}"

CHECKS = {
    1: ("seal", lambda each: need(each.seal == sha(each.data[:-64]).hex(), "it is another one")),
    2: ("members", check_members),
    3: ("digest of the statement", check_statement),
    5: ("checkpoints", partial(check_notes, name="checkpoint.txt", role="agent", algorithm=1)),
    6: ("inclusion", check_inclusion),
    7: ("places", check_places),
    8: ("receipts", partial(check_notes, name="receipt.txt", role="collector", algorithm=4)),
    9: ("consistency", check_consistency),
    13: ("documents", check_documents),
    21: ("uncorrected amount", check_amount),
}

def outcomes(data):
    """Number of each check -> (ok, words); ok is None where it is not made. Wrong: no bundle."""
    try:
        bundle = Bundle(data)
    except UNREADABLE as cause:
        raise Wrong(f"it cannot be read: {cause}") from cause
    found = dict.fromkeys(range(1, 29), (None, "this verifier does not make it here"))
    made = {n: each[1] for n, each in CHECKS.items() if n < 4 or bundle.logs}  # else it was entered
    for number, check in made.items():
        try:
            found[number] = check(bundle) or (True, "")
        except (Wrong, *FOREIGN) as cause:
            found[number] = (False, f"{type(cause).__name__}: {cause}")
    return found

def main(path):
    try:
        with open(path, "rb") as file:
            found = outcomes(file.read(MOST))
    except (OSError, Wrong) as wrong:
        print(ascii(str(wrong)), file=sys.stderr)
        return 2
    for number, (ok, words) in found.items():
        state, name = {True: "ok", False: "failed"}.get(ok, "not checked"), CHECKS.get(number, "-")[0]
        print(f"{number:>3}  {state:<11}  {name}: {ascii(words)}")
    return 1 if any(ok is False for ok, _ in found.values()) else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else 2)
