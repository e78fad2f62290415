"""The clock's part in surveys: move whole batches, be rid of the keys they were sealed with, close what is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, select
from sqlmodel import col

from storage.surveys import batches, definitions, seals
from storage.surveys.tables import Survey, SurveyStage

from . import reminding, resting
from .erasing import Eraser
from .secrets import Secrets

if TYPE_CHECKING:
    from ..house import House

log = structlog.get_logger()

EVERY = timedelta(seconds=30)
SETTLED = timedelta(minutes=1)
"""After so long nobody is still sealing with a key that was the newest before."""


class Surveys:
    """What one process remembers between two looks."""

    def __init__(self) -> None:
        self.next_look: datetime | None = None
        self.renewed: dict[int, datetime] = {}
        """When the sealing key of each was last made anew, as far as this process knows."""
        self.eraser = Eraser()

    async def go_on(self, house: House, now: datetime) -> None:
        if self.next_look is not None and now < self.next_look:
            return
        self.next_look = now + EVERY
        secrets = house.secrets
        stages = await house.database.run(_stages)
        for survey_id in secrets.kept():
            if stages.get(survey_id) is SurveyStage.CLOSED:
                secrets.destroy(survey_id)
        await house.database.run(partial(reminding.remind, secrets=secrets, now=now))
        await house.database.run(partial(reminding.tidy, now=now))
        moved = 0
        for survey_id in await house.database.run(partial(_over, now=now)):
            moved += await house.database.run(partial(close, secrets=secrets, survey_id=survey_id, now=now))
            secrets.destroy(survey_id)
        for survey_id, many in (await house.database.run(batches.waiting)).items():
            if many >= batches.LEAST:
                moved += await self.move(house, survey_id, now)
        for survey_id, stage in stages.items():
            if stage is SurveyStage.OPEN:
                await self.forget_keys(house, survey_id, now)
        await self.eraser.go_on(house, now)
        if moved:
            await house.database.sweep()

    async def move(self, house: House, survey_id: int, now: datetime) -> int:
        """One batch. Its key is replaced first, so that a crash at any point leaves one too many, and none too few."""
        secret = house.secrets.of(survey_id)
        if secret is None:
            log.error("survey_secret_gone", survey_id=survey_id)
            return 0
        if seals.newest(secret) in await house.database.run(partial(batches.sealed_with, survey_id=survey_id)):
            secret = seals.renewed(secret)
            house.secrets.change(survey_id, secret)
            self.renewed[survey_id] = now
        moved = await house.database.run(partial(_move, secret=secret, survey_id=survey_id, now=now))
        log.info("survey_batch", survey_id=survey_id, moved=moved)
        return moved

    async def forget_keys(self, house: House, survey_id: int, now: datetime) -> None:
        """Keys that nothing pending is sealed with, once nobody can still be using them."""
        secret = house.secrets.of(survey_id)
        if secret is None or not seals.several(secret) or now - self.renewed.setdefault(survey_id, now) < SETTLED:
            return
        used = await house.database.run(partial(batches.sealed_with, survey_id=survey_id))
        if (fewer := seals.without(secret, used)) != secret:
            house.secrets.change(survey_id, fewer)


def close(connection: Connection, *, secrets: Secrets, survey_id: int, now: datetime) -> int:
    """Close a survey and move its last answers; 1 where it was open. Destroy its secret once this is on disk."""
    survey = definitions.kept(connection, survey_id)
    resting.turn_in(connection, survey_id, now, secrets)
    return int(survey is not None and batches.close(connection, survey, secrets.of(survey_id), now))


def _move(connection: Connection, *, secret: bytes, survey_id: int, now: datetime) -> int:
    survey = definitions.kept(connection, survey_id)
    return 0 if survey is None else batches.move(connection, survey, secret, now)


def _stages(connection: Connection) -> dict[int, SurveyStage]:
    query = select(col(Survey.id), col(Survey.stage)).where(col(Survey.stage) != SurveyStage.DRAFT)
    return {row.id: SurveyStage(row.stage) for row in connection.execute(query)}


def _over(connection: Connection, *, now: datetime) -> list[int]:
    mine = [col(Survey.stage) == SurveyStage.OPEN, col(Survey.closes_at) <= now]
    return [row.id for row in connection.execute(select(col(Survey.id)).where(*mine))]
