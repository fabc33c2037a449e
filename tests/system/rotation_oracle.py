"""What several logs of one agent must show of the keys that signed them."""

from collections.abc import Iterator
from itertools import pairwise

from evidence.log.batch import RecordKind
from evidence.log.key import Verifier
from tests.system.histories import Logs, openings


def ranges(after: Logs, keys: list[Verifier]) -> Iterator[str]:
    """Each log is signed by one key, and the keys come in their order."""
    signers = [log.signed_by for log in after.values()]
    if signers != [(key.label,) for key in keys]:
        yield f"{len(keys)} keys, and logs signed by {signers}"


def succession(after: Logs, keys: list[Verifier]) -> Iterator[str]:
    """The old key names the new one, if it could; the new one names the old key and its log."""
    epochs, opened = list(after), openings(after)
    for number, (former, key) in enumerate(pairwise(keys)):
        facts = opened[epochs[number + 1]].facts
        if (facts["former_epoch"], facts["former_key"]) != (epochs[number], former.to_text()):
            yield f"epoch {number + 1} does not say what came before it"
        said = [
            record.facts["successor"]
            for record in after[epochs[number]].records
            if record.kind is RecordKind.KEY
        ]
        all_receipted = facts["former_size"] == facts["receipted_size"]
        if all_receipted and said != [key.to_text()]:
            yield f"epoch {number} does not say which key follows"
