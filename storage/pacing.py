"""How fast a sender may send. Any number of deliverers together respect it, through the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlmodel import col

from .database import upsert
from .prepared import Prepared
from .upkeep import Sender

_MEET = upsert(lambda insert: insert(Sender).on_conflict_do_nothing(index_elements=["name"]))
_AHEAD = timedelta(seconds=1)
"""How far ahead of its pace a sender may be."""


def _unasked(sender: str) -> str:
    """What we begin has a pace of its own, which replies count in too: so it waits for them, and they never wait for it."""
    return f"{sender} unasked"


@dataclass(frozen=True)
class Pace:
    """A sender's pace as it stands, locked until the end of the transaction."""

    sender: str
    now: datetime
    per_second: float
    free: Mapping[str, datetime]

    @property
    def asked(self) -> int:
        """How many texts that were asked for it may hand off now."""
        return self._tokens(self.sender)

    @property
    def unasked(self) -> int:
        """How many that were not."""
        return self._tokens(_unasked(self.sender))

    def _tokens(self, name: str) -> int:
        ahead = (self.now + _AHEAD - self.free[name]).total_seconds() * self.per_second
        return int(max(0.0, min(self._most, ahead + 1e-6)))

    @property
    def _most(self) -> float:
        """Of texts at once, however long there were none."""
        return max(1.0, self.per_second)

    def after(self, name: str, texts: int) -> datetime:
        at_least = self.now + _AHEAD - timedelta(seconds=self._most / self.per_second)
        return max(self.free[name], at_least) + timedelta(seconds=texts / self.per_second)


_PACES = Prepared(
    select(col(Sender.name), col(Sender.free_at))
    .where(or_(col(Sender.name) == bindparam("one"), col(Sender.name) == bindparam("other")))
    .order_by(col(Sender.name))
    .with_for_update()
)
_FREE = Prepared(update(Sender).where(col(Sender.name) == bindparam("of")).values(free_at=bindparam("at")))


def pace(connection: Connection, sender: str, now: datetime, *, per_second: float) -> Pace:
    """How fast a sender may send now. What is taken is spent in the same transaction."""
    names = [sender, _unasked(sender)]
    free = {row.name: row.free_at for row in _PACES.rows(connection, one=names[0], other=names[1])}
    if len(free) < len(names):
        connection.execute(_MEET[connection.dialect.name], [{"name": name, "free_at": now} for name in names])
        return pace(connection, sender, now, per_second=per_second)
    return Pace(sender, now, per_second, free)


def spend(connection: Connection, it: Pace, *, asked: int, unasked: int) -> None:
    """Count what leaves, in texts, or in segments where a text has several."""
    spent = {it.sender: asked, _unasked(it.sender): asked + unasked}
    _FREE.many(connection, [{"of": name, "at": it.after(name, texts)} for name, texts in spent.items() if texts])


def slow_down(connection: Connection, sender: str, until: datetime) -> None:
    """The provider said that we are too fast: until then nothing that we begin is tried. Replies keep their own times."""
    mine = [col(Sender.name) == _unasked(sender), col(Sender.free_at) < until + _AHEAD]
    connection.execute(update(Sender).where(*mine).values(free_at=until + _AHEAD))
