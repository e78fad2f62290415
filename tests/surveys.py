"""A survey whose answers a test lays down itself, as they stand when a batch has been moved."""

from datetime import UTC, datetime
from secrets import token_hex

from sqlalchemy import func, insert, select, update

from storage.surveys import definitions, snapshots
from storage.surveys.tables import Response, Survey, SurveyStage

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


class Answered:
    """One survey in a database, and every row that was laid into it."""

    def __init__(self, database, definition, **more):
        self.database, self.rows, self.batch = database, [], 0
        row = {"school_id": 1, "slug": "gate", "definition": definition, "author_id": None, "now": NOW, **more}
        self.id = database.run_now(lambda connection: definitions.save(connection, **row)).id
        self.stage(SurveyStage.OPEN)

    @classmethod
    def again(cls, database, survey_id):
        """One that is there already."""
        found = cls.__new__(cls)
        found.database, found.rows, found.batch, found.id = database, [], 0, survey_id
        return found

    def count(self):
        mine = select(func.count()).select_from(Response).where(Response.survey_id == self.id)
        return self.database.run_now(lambda connection: connection.execute(mine).scalar_one())

    def stage(self, stage):
        self.database.run_now(lambda connection: connection.execute(update(Survey).where(Survey.id == self.id).values(stage=stage)))

    @property
    def survey(self):
        return self.database.run_now(lambda connection: definitions.kept(connection, self.id))

    def answer(self, rows):
        """One batch."""
        self.batch += 1
        like = {"survey_id": self.id, "batch": self.batch, "method": "text", "complete": True, "perhaps_again": False}
        made = [{**like, "group": "families", "language": "en", "id": token_hex(16), **row} for row in rows]
        self.database.run_now(lambda connection: connection.execute(insert(Response), made))
        self.rows += made

    def publish(self):
        survey = self.survey
        return self.database.run_now(lambda connection: snapshots.publish(connection, survey, NOW, {"the"}))

    def close(self):
        self.stage(SurveyStage.CLOSED)
        return self.publish()
