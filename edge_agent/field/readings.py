"""Registers in every format and word order, side by side, and the order that fits best (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from device_profiles.formats import CODECS, FormatName, NotAvailable
from device_profiles.guesses import WHYS, Guess, guesses
from edge_agent.field.registers import Registers

ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")


def readings(registers: Registers, formats: Sequence[FormatName]) -> list[dict[str, object]]:
    """Every reading of every register, for machines: one entry a register and format."""
    return [entry for first, words in registers.runs() for entry in _entries(first, words, formats)]


def _entries(
    first: int, words: Sequence[int], formats: Sequence[FormatName]
) -> Iterator[dict[str, object]]:
    for (register, name), some in groupby(guesses(words, formats), _place):
        length = CODECS[name].word_count
        taken = words[register : register + length]
        yield {
            "address": first + register,
            "hex": " ".join(f"{word:04X}" for word in taken),
            "format": name,
            "readings": [_reading(guess) for guess in some],
        }


def _place(guess: Guess) -> tuple[int, FormatName]:
    return guess.register, guess.format


def _reading(guess: Guess) -> dict[str, object]:
    absent = isinstance(guess.number, NotAvailable)
    return {
        "order": guess.order,
        "number": None if absent else guess.number,
        "plausible": guess.plausible,
        "why": guess.why,
    }


def rows(entries: Iterable[Mapping[str, object]], *, everything: bool) -> list[dict[str, object]]:
    """The entries for people: a column a word order, `*` beside what an instrument may show.

    Args:
        entries: As `readings` gives them.
        everything: Whether rows stay in which nothing is plausible.
    """
    shown = []
    for entry in entries:
        cells = {each["order"]: each for each in _list(entry["readings"])}
        if everything or any(each["plausible"] for each in cells.values()):
            numbers = {order: _cell(cells.get(order)) for order in ORDERS}
            head = {key: entry[key] for key in ("address", "hex", "format")}
            shown.append({**head, **numbers})
    return shown


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


def _cell(reading: Mapping[str, object] | None) -> str:
    if reading is None:
        return ""
    number, why = reading["number"], str(reading["why"])
    if number is None:
        return f"({why})"
    text = f"{number:.7g}" if isinstance(number, float) else str(number)
    return f"{text}*" if reading["plausible"] else text


def best_order(registers: Registers) -> dict[str, object]:
    """How many float32 are plausible in each word order, and the order with the most.

    Values begin at even or at odd distances from the run's beginning, whichever is better;
    where two orders are level, none is named. Registers of zeros tell nothing.
    """
    scores: dict[str, int] = {}
    for order in ORDERS:
        counts = Counter(_parities(registers, order))
        scores[order] = max(counts.values(), default=0)
    most = max(scores.values())
    leaders = [order for order, score in scores.items() if score == most]
    if len(leaders) > 1:
        even = {order: Counter(_parities(registers, order))[0] for order in leaders}
        leaders = [order for order in leaders if even[order] == max(even.values())]
    best = leaders[0] if most and len(leaders) == 1 else None
    return {"best": best, "plausible_float32": scores}


def _parities(registers: Registers, order: str) -> Iterator[int]:
    """The parity of each register at which a plausible float32 begins."""
    for first, words in registers.runs():
        for guess in guesses(words, ["float32"]):
            if guess.order == order and guess.why == "fits":
                yield (first + guess.register - registers.run.address) % 2


def why_texts(language: str) -> dict[str, str]:
    """What the reasons beside a reading mean."""
    return {why: texts[language == "zh"] for why, texts in WHYS.items()}
