"""Who has not taken part is reminded, once by itself and at a coordinator's word, and nobody sees who it is."""

from functools import partial

import pytest
from sqlalchemy import select, update
from test_surveys_taking import opened, says

from bot.announcements import console
from bot.announcements.announce import announce
from bot.clock import Clock
from bot.members import Unfit
from conversations.announcements.audience import of_school
from conversations.surveys import asking
from storage.announcements import drafts, ledger
from storage.surveys import definitions
from storage.surveys.tables import Silent, Survey

TOOK_PART, BEGUN, SILENT = "+16615550120", "+16615550121", "+16615550122"
COORDINATOR = "+16615550100"


def invited(connection, survey_id, now):
    """All families of the sample school, through the ledger."""
    survey = definitions.kept(connection, survey_id)
    texts = {tag: asking.whole(survey.definition, tag) for tag in ("en", "es")}
    about = {"survey": survey_id}
    number = announce(connection, school_id=1, kind="survey", audience=of_school("mesa"), language="en", texts=texts, now=now, about=about)
    connection.execute(update(Survey).where(Survey.id == survey_id).values(announcement_id=number))


async def asked(house, clock, tick):
    """A survey that everybody was asked to take, and one family has taken."""
    survey = await house.database.run(partial(opened, now=clock(), anonymous=True))
    house.secrets.make(survey)
    await house.database.run(partial(invited, survey_id=survey, now=clock()))
    clock.forward(minutes=5)
    await tick()
    await says(house, clock, "1", "2", "the gate", address=TOOK_PART)
    return survey


def ticking(house):
    """The clock's look, as often as it takes to send something."""
    clock = Clock(house)

    async def tick():
        for _look in range(3):
            house.now.forward(minutes=3)
            await clock.tick()
            await house.settled()

    return tick


async def test_one_reminder_goes_to_who_has_not_taken_part(house, clock):
    """After a week, by day, once; and then nobody is written down any more."""
    tick = ticking(house)
    await asked(house, clock, tick)
    before = {address: len(house.channels["sms"].texts_to(address)) for address in (TOOK_PART, SILENT)}

    for _day in range(4):
        clock.forward(days=2, hours=12)
        await tick()
    reminded = house.channels["sms"].texts_to(SILENT)[before[SILENT] :]
    written_down = await house.database.run(lambda connection: connection.execute(select(Silent)).all())

    assert ["Todavía hay tiempo"] == [text[: len("Todavía hay tiempo")] for text in reminded]
    assert before[TOOK_PART] == len(house.channels["sms"].texts_to(TOOK_PART))
    assert [] == written_down


async def test_a_coordinator_reminds_and_sees_a_total_only(house, clock):
    """The draft says how many, in no language and of nobody; it goes the way of every draft."""
    tick = ticking(house)
    await asked(house, clock, tick)

    heard = await says(house, clock, "REMIND climate", address=COORDINATOR)
    number = await house.database.run(lambda connection: connection.execute(select(Silent.person_id)).scalars().all())
    draft = await house.database.run(partial(drafts.draft, number=2))

    assert 39 == len(number)
    assert "Draft 2. To 39 phones" in heard[0]
    assert [("survey silent", "1")] == [(each.kind, each.value) for each in draft.audience.criteria]


async def test_nobody_is_shown_whom_a_reminder_went_to(house, clock, tmp_path):
    """Its rows would tell who had not taken part: no list of them is written, and none to ring; totals stay."""
    tick = ticking(house)
    await asked(house, clock, tick)
    for _day in range(4):
        clock.forward(days=2, hours=12)
        await tick()
    [(number,)] = await house.run("SELECT max(id) FROM announcement")
    now = clock()

    with pytest.raises(Unfit, match="who they are is shown to nobody"):
        await house.database.run(lambda connection: console.write_missed(connection, number=number, path=tmp_path / "x.csv", now=now))
    with pytest.raises(Unfit, match="who they are is shown to nobody"):
        await house.database.run(lambda connection: console.call_list(connection, number=number, name="Dana", hours=1, now=now))
    assert [] == await house.database.run(lambda connection: ledger.missed(connection, number))
    assert "By language" not in "\n".join(await house.database.run(lambda connection: console.account(connection, number=number)))
