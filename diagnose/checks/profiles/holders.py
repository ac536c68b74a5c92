"""Who holds the connections of a pool that others wait for, where a dump shows them."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.checks.profiles.groups import Group
from diagnose.checks.profiles.waits import Wait

_OUT_OF_POOL = (  # methods of what a pool has lent
    "database/sql.(*Conn).",
    "database/sql.(*Rows).",
    "database/sql.(*Stmt).",
    "database/sql.(*Tx).",
    "github.com/jackc/pgx/v5.(*Conn).",
    "github.com/jackc/pgx/v5/pgxpool.(*Conn).",
    "github.com/jackc/pgx/v5/pgxpool.(*Tx).",
)
_ELSEWHERE = frozenset({Wait.POOL, Wait.IDLE, Wait.PROFILER, Wait.CONNECTION})
_LEAST, _SHARE = 2, 0.1


def holder(found: Sequence[Group]) -> Group | None:
    """The group that stands for most of the holders, None where the dump shows too few.

    A goroutine holds a connection when it is in a method of one, or past the place where others of the same function
    wait for one. Two of them and a tenth of the waiters are the least: a single one may just come by.
    """
    waiting = [group for group in found if group.wait is Wait.POOL]
    borrowing = {group.function for group in waiting if group.function}
    holding = [group for group in found if group.wait not in _ELSEWHERE and _holds(group, borrowing)]
    counts: dict[str, int] = {}
    for group in holding:
        counts[group.function] = counts.get(group.function, 0) + group.count
    best = max(sorted(counts), key=lambda name: counts[name], default="")
    if counts.get(best, 0) < max(_LEAST, _SHARE * sum(group.count for group in waiting)):
        return None
    return max((group for group in holding if group.function == best), key=lambda group: (group.count, group.key))


def _holds(group: Group, borrowing: set[str]) -> bool:
    lent = any(frame.function.startswith(_OUT_OF_POOL) for frame in group.stack)
    return bool(group.function) and (group.function in borrowing or lent)
