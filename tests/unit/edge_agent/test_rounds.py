"""Work of many peers is done a piece at a time, in turn, within a share of the processor."""

import asyncio

from edge_agent.drivers.rounds import Rounds


class Clerk:
    """A worker with so many pieces of work, each of which takes so long."""

    def __init__(self, name: str, pieces: int, done: list[str], spent: list[float]) -> None:
        self.name, self.pieces, self.done, self.spent = name, pieces, done, spent
        self.piece_s = 0.0

    def work(self) -> bool:
        self.pieces -= 1
        self.spent[0] += self.piece_s
        self.done.append(self.name)
        return self.pieces > 0


def test_whoever_has_much_to_do_does_not_keep_the_others_waiting() -> None:
    async def worked() -> list[str]:
        done, spent = list[str](), [0.0]
        rounds = Rounds(0.5, lambda: spent[0])
        for clerk in (Clerk("a", 3, done, spent), Clerk("b", 1, done, spent)):
            rounds.ask(clerk)
            rounds.ask(clerk)
        while len(done) < 4:
            await asyncio.sleep(0)
        rounds.close()
        return done

    assert asyncio.run(worked()) == ["a", "b", "a", "a"]


def test_costly_work_is_followed_by_a_pause_and_cheap_work_by_none() -> None:
    async def pause_s(piece_s: float) -> float:
        done, spent = list[str](), [0.0]
        rounds = Rounds(0.25, lambda: spent[0])
        clerk = Clerk("a", 2, done, spent)
        clerk.piece_s = piece_s
        rounds.ask(clerk)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while len(done) < 2:
            await asyncio.sleep(0)
        rounds.close()
        return loop.time() - began_s

    assert asyncio.run(pause_s(0.05)) >= 0.15
    assert asyncio.run(pause_s(0.0)) < 0.15


def test_nobody_is_called_after_the_end() -> None:
    async def done_after_end() -> list[str]:
        done = list[str]()
        rounds = Rounds()
        rounds.ask(Clerk("a", 1, done, [0.0]))
        rounds.close()
        await asyncio.sleep(0.01)
        return done

    assert asyncio.run(done_after_end()) == []
