"""Anonymous by construction: who took part is a hash, what they said waits sealed and moves in shuffled batches, once and all of it."""

import stat
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text

from bot.surveys.loops import Surveys
from conversations.surveys.asking import asked, translated
from conversations.surveys.definition import Definition
from storage import holding, people
from storage.surveys import answers, batches, definitions, seals
from storage.surveys.tables import Participation, Pending, Response, SurveyStage

_NIGHT = asked("How was it? 1) good 2) bad\nWhat else?", "en", "Family night")
_NOCHE = translated(_NIGHT, "¿Qué tal? 1) bien 2) mal\n¿Algo más?", "es")
NIGHT = Definition({"en": "Family night", "es": "Noche familiar"}, "en", _NOCHE.questions)


class Booth:
    """An open survey of the sample school, and its secret."""

    def __init__(self, house, clock, *, anonymous=True):
        self.house, self.clock, self.loop = house, clock, Surveys()
        self.run = house.database.run_now
        kept = self.run(partial(self.draft, anonymous=anonymous))
        self.run(partial(definitions.approve, survey_id=kept.id, language="es", by=None, now=clock()))
        house.secrets.make(kept.id)
        self.survey = self.run(partial(definitions.open_now, survey_id=kept.id, now=clock(), closes_at=clock() + timedelta(days=7)))

    def draft(self, connection, **more):
        return definitions.save(connection, school_id=1, slug="night", definition=NIGHT, author_id=None, now=self.clock(), **more)

    @property
    def secret(self):
        return self.house.secrets.of(self.survey.id)

    def finish(self, who, said="good", **more):
        given = {"group": "families", "language": "en", "method": "text", "complete": True, "answers": {"q1": said}, "now": self.clock()}
        return self.run(lambda connection: answers.finish(connection, self.survey, self.secret, who=who, **(given | more)))

    def all_say(self, *words):
        return [self.finish(f"p{len(word)}{word}", word) for word in words]

    def move(self, **more):
        return self.run(partial(batches.move, survey=self.survey, secret=self.secret, now=self.clock(), **more))

    async def looks(self, **later):
        """The clock's look at surveys, after a while."""
        self.clock.forward(**(later or {"minutes": 1}))
        await self.loop.go_on(self.house, self.clock())

    def rows(self, table):
        return self.run(lambda connection: connection.execute(select(table.__table__)).mappings().all())

    def said(self):
        return sorted(row["answers"]["q1"] for row in self.rows(Response))


@pytest.fixture
def booth(house, clock):
    return Booth(house, clock)


TEN = [f"answer {letter}" for letter in "abcdefghij"]


def test_one_person_once(booth):
    """Whoever comes again, on whatever way, changes nothing; somebody else and a nameless sheet count."""
    came = [booth.finish("p7"), booth.finish("p7", "bad", method="liaison"), booth.finish("sK4M2"), booth.finish(None, perhaps_again=True)]

    assert [True, False, True, True] == came
    assert (3, 2) == (len(booth.rows(Pending)), len(booth.rows(Participation)))
    assert [True, False] == [booth.run(lambda c, who=who: answers.took_part(c, booth.survey, booth.secret, who)) for who in ("p7", "p8")]


def test_ten_move_together_and_nine_wait(booth):
    """Fewer would stand out. All that wait move, not just ten of them."""
    booth.all_say(*TEN[:9])
    assert (0, []) == (booth.move(), booth.said())

    booth.all_say(TEN[9], "answer k")
    assert (11, sorted([*TEN, "answer k"])) == (booth.move(), booth.said())
    assert ([], {1}, 11) == (
        booth.rows(Pending),
        {row["batch"] for row in booth.rows(Response)},
        len({row["id"] for row in booth.rows(Response)}),
    )
    assert {(None, "2026-11-18")} == {(row["person_id"], str(row["day"])) for row in booth.rows(Response)}


async def test_the_rest_moves_at_the_close_and_the_secret_is_gone(booth, clock):
    """Its last day over, the clock closes it: nothing is lost, and nobody can ask any more who took part."""
    booth.all_say(*TEN, "late")
    await booth.looks()
    booth.all_say("later", "last")
    before = {row["hash"] for row in booth.rows(Participation)}
    await booth.looks(days=7)

    assert sorted([*TEN, "late", "later", "last"]) == booth.said()
    assert ({1: 11, 2: 2}, []) == (_by_batch(booth), booth.rows(Pending))
    assert (None, SurveyStage.CLOSED) == (booth.secret, booth.run(partial(definitions.kept, survey_id=booth.survey.id)).stage)
    after = [row["hash"] for row in booth.rows(Participation)]
    assert (13, set()) == (len(after), before & set(after))


def _by_batch(booth):
    return dict(booth.run(lambda c: c.execute(select(Response.batch, func.count()).group_by(Response.batch)).all()))


def test_after_the_close_nothing_is_taken(booth):
    """Whoever was quicker to answer than we to close is told so; nothing waits for ever."""
    booth.run(partial(batches.close, survey=booth.survey, secret=booth.secret, now=booth.clock()))

    assert (False, []) == (booth.finish("p7"), booth.rows(Pending))


def test_a_named_survey_says_whose_at_once(house, clock):
    """A committee's training is no secret: person and day, no batch. The mode is the survey's, and not the answer's."""
    booth = Booth(house, clock, anonymous=False)
    person = booth.run(lambda c: c.execute(text("SELECT min(id) FROM person")).scalar_one())
    booth.finish(f"p{person}", "done", person_id=person)

    assert [(person, 0, "2026-11-18", "done")] == [
        (row["person_id"], row["batch"], str(row["day"]), row["answers"]["q1"]) for row in booth.rows(Response)
    ]


async def test_whoever_is_erased_is_no_more_in_a_named_survey(house, clock):
    """Their data has it while they are there; afterwards the answer is nobody's."""
    booth = Booth(house, clock, anonymous=False)
    family = booth.run(partial(people.at, channel="sms", address="+16615550120"))
    booth.finish(f"p{family.person_id}", "done", person_id=family.person_id)
    told = booth.run(partial(holding.held, known=family))["surveys"]
    booth.run(partial(holding.forget, known=family, now=clock(), how="test"))

    assert [{"day": "2026-11-18", "slug": "night", "answers": {"q1": "done"}}] == told
    assert [(None, "done")] == [(row["person_id"], row["answers"]["q1"]) for row in booth.rows(Response)]


def test_an_anonymous_survey_never_keeps_a_person(booth):
    """Not even where a caller hands one over."""
    booth.all_say(*TEN[:9])
    booth.finish("p7", person_id=1)
    booth.move()

    assert {None} == {row["person_id"] for row in booth.rows(Response)}


async def test_the_key_of_a_batch_is_gone_with_it(booth):
    """Yesterday's backup holds what waited then, sealed. A minute after it has moved nothing there is opens it any more."""
    booth.all_say(*TEN)
    stolen = [row["answers"] for row in booth.rows(Pending)]
    before = booth.secret
    await booth.looks()
    booth.all_say("afterwards")
    between = booth.secret
    await booth.looks(minutes=2)

    assert [True] * 10 == [seals.open_(before, each) is not None for each in stolen]
    assert [True] * 10 == [seals.open_(between, each) is not None for each in stolen]
    assert [None] * 10 == [seals.open_(booth.secret, each) for each in stolen]
    assert ["afterwards"] == [_said(booth, row) for row in booth.rows(Pending)]
    assert answers.who_hash(before, 1, "p7") == answers.who_hash(booth.secret, 1, "p7")


def _said(booth, row):
    return seals.open_(booth.secret, row["answers"]).split('"q1": "')[1][:-3]


async def test_what_waits_keeps_its_key(booth):
    """Whoever sealed with the old key while the batch moved is not lost when the key is forgotten."""
    booth.all_say(*TEN)
    old = booth.secret
    await booth.looks()
    given = {"group": "staff", "language": "en", "method": "text", "complete": True, "answers": {"q1": "slow"}, "now": booth.clock()}
    booth.run(lambda connection: answers.finish(connection, booth.survey, old, who="p70", **given))
    await booth.looks(minutes=2)
    await booth.looks(minutes=2)

    assert ["slow"] == [_said(booth, row) for row in booth.rows(Pending)]
    await booth.looks(days=7)
    assert sorted([*TEN, "slow"]) == booth.said()


def test_secrets_are_for_their_owner_only_and_are_overwritten(booth):
    """A folder of ours alone; who still holds the file open at the close reads zeros."""
    folder, file = booth.house.secrets.folder, booth.house.secrets.folder / str(booth.survey.id)
    held = file.open("rb")
    first = booth.house.secrets.make(booth.survey.id)
    booth.house.secrets.destroy(booth.survey.id)

    assert (0o700, 64) == (stat.S_IMODE(folder.stat().st_mode), len(first))
    assert (bytes(64), [], None) == (held.read(), booth.house.secrets.kept(), booth.secret)
    held.close()
    booth.house.secrets.destroy(booth.survey.id)


def test_a_changed_secret_is_overwritten_too(booth):
    """And is written for its owner alone."""
    file = booth.house.secrets.folder / str(booth.survey.id)
    with file.open("rb") as held:
        booth.house.secrets.change(booth.survey.id, seals.renewed(booth.secret))

        assert (bytes(64), 96, 0o600) == (held.read(), len(booth.secret), stat.S_IMODE(file.stat().st_mode))
