"""Released and locked statements: what people did, folded in order."""

import pytest

from evidence.statement.locks import (
    Act,
    LockError,
    Locks,
    Place,
    require_lockable,
    require_locked,
)

PLACE = ("works/line-1/energy", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", False)
OTHER = ("works/line-1/energy", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", False)
PLANNED = (*PLACE[:3], True)
A, B = "a" * 64, "b" * 64


def act(kind: str, digest: str = A, place: Place = PLACE) -> Act:
    channel, start, end, under_plan = place
    assert kind in ("released", "locked", "unlocked")
    return Act(
        kind=kind,  # type: ignore[arg-type]
        entry=1,
        at_ns=1,
        who="Q. Wang",
        role="analyst",
        reason="year end",
        digest=digest,
        channel=channel,
        start=start,
        end=end,
        under_plan=under_plan,
    )


def after(*acts: Act) -> Locks:
    locks = Locks()
    for each in acts:
        locks = locks.with_act(each)
    return locks


def test_only_what_was_released_is_locked() -> None:
    with pytest.raises(LockError, match="not released"):
        require_lockable(after(act("released", B)), A, PLACE)
    require_lockable(after(act("released")), A, PLACE)


def test_one_version_of_a_period_is_locked_at_a_time() -> None:
    locks = after(act("released"), act("released", B), act("locked"))
    for digest in (A, B):
        with pytest.raises(LockError, match=f"{A} is locked"):
            require_lockable(locks, digest, PLACE)
    require_lockable(locks, B, OTHER)
    require_locked(locks, A, PLACE)


def test_unlocking_leaves_the_release_and_frees_the_period_alone() -> None:
    locks = after(
        act("released"), act("locked"), act("locked", B, OTHER), act("unlocked"), act("released", B)
    )
    assert set(locks.locked) == {OTHER}
    assert set(locks.released) == {A, B}
    require_lockable(locks, B, PLACE)
    for digest, place in ((A, PLACE), (A, OTHER)):
        with pytest.raises(LockError, match="not locked"):
            require_locked(locks, digest, place)


def test_a_statement_under_the_plan_is_locked_beside_the_one_that_is_not() -> None:
    locks = after(act("released"), act("locked"), act("released", B, PLANNED))
    require_lockable(locks, B, PLANNED)
    both = after(act("released"), act("locked"), act("released", B), act("locked", B, PLANNED))
    assert set(both.locked) == {PLACE, PLANNED}
    with pytest.raises(LockError, match="not locked"):
        require_locked(both, B, PLACE)
