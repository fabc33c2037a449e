"""Which role may do what: the whole matrix, as it was decided."""

from collector.rights import RIGHTS, Right, Role, may, roles_with

DECIDED = """
                read-data  read-evidence  enter  release  operate  administer
analyst         x          -              x      x        -        -
auditor         x          x              -      -        -        -
engineer        x          x              x      -        x        -
administrator   x          x              x      x        x        x
"""


def test_every_role_has_the_rights_that_were_decided() -> None:
    rights, *lines = (line.split() for line in DECIDED.strip().splitlines())
    assert rights == list(Right)
    assert [role for role, *_ in lines] == list(Role)
    for role, *marks in lines:
        for right, mark in zip(rights, marks, strict=True):
            assert may(Role(role), Right(right)) is (mark == "x"), (role, right)


def test_an_auditor_changes_nothing() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.READ_DATA, Right.READ_EVIDENCE}
    assert roles_with(Right.ADMINISTER) == (Role.ADMINISTRATOR,)
