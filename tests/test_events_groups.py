"""A group on Telegram has one post of each event, which changes as people answer; through the real client, against an emulator."""

from datetime import timedelta

import pytest
from conftest import also_at
from emulators import telegram_updates as updates
from town_of_events import Gathering

from bot.clock import Clock
from bot.events import changing, links
from conversations.announcements.audience import Audience, Criterion, of_school
from storage.announcements import drafts
from storage.events import events
from storage.events.tables import EventStage
from storage.tables import Kind, State

pytest_plugins = ["telegram_house"]
COORDINATOR, STAFF, FAMILY = "+16615550100", 700100, 700150
GROUP = updates.GROUP


@pytest.fixture
def gathering(database, clock):
    gathering = Gathering(database, clock, capacity=20, place="cafeteria")
    invites(gathering)
    return gathering


def invites(gathering, audience=None):
    """Its invitation, in both languages."""

    def made(connection):
        texts = {"en": "Pizza night\nWe eat together.", "es": "Noche de pizza\nComemos juntos."}
        asked = {"school_id": 1, "author_id": None, "kind": Kind.INVITATION, "audience": audience or of_school("mesa")}
        number = drafts.save(connection, **asked, language="en", texts=texts, now=gathering.clock.at, about={"event": gathering.id})
        for tag in texts:
            drafts.approve_text(connection, number, tag, by=None, now=gathering.clock.at)
        events.invite_with(connection, gathering.id, number)

    gathering.run(made)


async def tied(chats):
    """The coordinator ties the group; what it hears."""
    await also_at(chats, COORDINATOR, str(STAFF))
    return await ties(chats)


async def ties(chats):
    return await chats.updated(chats.server.say("in_group", chat=STAFF, text="/events@mesa_school_bot on"))


async def later(chats, clock=None, **much):
    """The clock looks once more; the calls that follow."""
    chats.now.forward(**(much or {"seconds": 61}))
    before = len(chats.server.accepted)
    await (clock or Clock(chats)).tick()
    await chats.settled()
    return chats.server.accepted[before:]


async def test_staff_tie_a_group_to_their_school(chats, gathering):
    """With a command in the group, from a chat of their own that is linked; a family cannot."""
    (refused,) = await chats.updated(chats.server.say("in_group", chat=FAMILY, text="/events on"))
    (told,) = await tied(chats)

    assert refused["text"].startswith("Only staff of a school can do that")
    assert "one post for each event of Mesa Verde Elementary" in told["text"]
    assert [(1,)] == await chats.run("SELECT school_id FROM event_group")
    assert [("group", "done")] == await chats.run("SELECT action, outcome FROM audit WHERE action = 'group'")


async def test_a_group_gets_one_post_of_an_event(chats, gathering):
    """In the languages of its invitation, with a button that leads to the private chat; and however often the clock looks, one."""
    await tied(chats)
    (post,) = await later(chats)
    assert [] == [*await later(chats), *await later(chats)]

    assert GROUP == post["chat_id"]
    assert post["text"].startswith(
        "Pizza night: Wed, Nov 25, 12pm to 2pm, cafeteria.\nWe eat together.\n20 places are left.\n\nNoche de pizza: "
    )
    button = {
        "text": "Answer in private · Responder en privado",
        "url": f"https://t.me/mesa_school_bot?start={links.in_group(gathering.id)}",
    }
    assert {"inline_keyboard": [[button]]} == post["reply_markup"]


async def test_the_post_counts_along_at_most_once_a_minute(chats, gathering):
    """How many come, and what is left; nothing of who they are, and no edit where nothing has changed."""
    await tied(chats)
    await later(chats)
    await chats.says("PIZZA 2 adults 2 kids", FAMILY)
    clock = Clock(chats)
    (edit,) = await later(chats, clock)
    assert ("editMessageText", GROUP) == (edit["method"], edit["chat_id"])
    assert "4 people are coming. 16 places are left." in edit["text"]
    assert "Vienen 4 personas. Quedan 16 lugares." in edit["text"]

    await chats.says("PIZZA 2 adults 3 kids", FAMILY)
    assert [] == await later(chats, clock, seconds=31)
    assert ["5 people are coming." in each["text"] for each in await later(chats, clock, seconds=31)] == [True]
    await chats.says("PIZZA 5", FAMILY)
    assert [] == await later(chats, clock)


async def test_a_group_is_left_in_peace_at_night(chats, gathering):
    """A post waits until eight, and so does an edit."""
    await tied(chats)
    chats.now.forward(hours=9)
    assert [] == await later(chats)
    (post,) = await later(chats, hours=11)
    assert "sendMessage" == post["method"]
    chats.now.forward(hours=13)
    await chats.says("PIZZA 4", FAMILY)
    assert [] == await later(chats)
    assert ["editMessageText"] == [call["method"] for call in await later(chats, hours=11)]


async def test_what_is_called_off_says_so_where_it_was_posted(chats, gathering):
    """In the first word, and without the button."""
    await tied(chats)
    await later(chats)
    await chats.database.run(lambda c: changing.cancel(c, gathering.id, chats.now()))
    edits = [call for call in await later(chats) if call["method"] == "editMessageText"]

    assert [(True, True)] == [
        (each["text"].startswith("CANCELLED: Pizza night"), "CANCELADO: Noche de pizza" in each["text"]) for each in edits
    ]
    assert ["reply_markup" in each for each in edits] == [False]


async def test_a_deleted_post_is_not_posted_again(chats, gathering, server):
    """Whoever runs the group has decided."""
    await tied(chats)
    (post,) = await later(chats)
    del server.texts[GROUP, post["message_id"]]
    await chats.says("PIZZA 4", FAMILY)

    assert [] == [*await later(chats), *await later(chats)]
    assert [(True,)] == [(bool(gone),) for (gone,) in await chats.run("SELECT gone FROM event_post")]


@pytest.mark.parametrize("how", ["update", "error"])
async def test_a_bot_that_was_put_out_of_a_group_is_silent(chats, gathering, server, how):
    """Whether Telegram tells us, or refuses; until staff tie the group again."""
    await tied(chats)
    await later(chats)
    if how == "update":
        update = updates.member(STAFF)["my_chat_member"] | {"chat": updates.supergroup()}
        await chats.updated({"update_id": 1, "my_chat_member": update})
    else:
        server.blocked.add(GROUP)
    await chats.says("PIZZA 4", FAMILY)
    assert [] == [*await later(chats), *await later(chats)]
    assert [] == await chats.run("SELECT school_id FROM event_group")

    server.blocked.clear()
    await ties(chats)
    assert ["4 people" in call["text"] for call in await later(chats)] == [True]


@pytest.mark.parametrize("how", ["update", "error"])
async def test_a_group_that_telegram_makes_another_keeps_its_school(chats, gathering, server, how):
    """A larger group has another number, and messages of before cannot be changed: it gets a new post."""
    await tied(chats)
    await later(chats)
    new = -1009999999999
    if how == "update":
        await chats.updated({"update_id": 1, **updates.migrated(STAFF, GROUP, new)})
    else:
        error = {"code": 400, "description": "Bad Request: group chat was upgraded", "parameters": {"migrate_to_chat_id": new}}
        server.turn(method="editMessageText", **error)
    await chats.says("PIZZA 4", FAMILY)
    calls = [*await later(chats), *await later(chats)]

    assert [(new, True)] == [(call["chat_id"], "4 people are coming" in call["text"]) for call in calls]


async def test_a_post_whose_fate_nobody_knows_is_not_sent_again(chats, gathering, server):
    """Better none than two."""
    await tied(chats)
    server.turn(method="sendMessage", chat=GROUP, page="<html>a page of somebody else's</html>")
    assert [] == [*await later(chats), *await later(chats), *await later(chats)]
    assert [(State.UNKNOWN,)] == await chats.run("SELECT state FROM outbox WHERE kind = 'group post'")


@pytest.mark.parametrize("trouble", [{"code": 429, "parameters": {"retry_after": 90}}, {"page": "<html>?</html>"}])
async def test_an_edit_that_failed_is_done_later(chats, gathering, server, trouble):
    """Too often, or nobody knows: the number of people is right in the end."""
    await tied(chats)
    await later(chats)
    await chats.says("PIZZA 4", FAMILY)
    server.turn(method="editMessageText", **trouble)
    assert [] == await later(chats)
    calls = [*await later(chats), *await later(chats)]
    assert ["4 people are coming" in call["text"] for call in calls] == [True]


async def test_what_is_not_for_everybody_is_not_posted(chats, database, clock):
    """Who is invited to a focus group in Spanish is nobody's business; nor is an appointment, nor a draft."""
    some = Audience(((Criterion("school", "mesa"), Criterion("group", "families"), Criterion("language", "es")),))
    invites(Gathering(database, clock, "focus"), some)
    invites(Gathering(database, clock, "slots", kind="appointment"))
    draft = Gathering(database, clock, "later")
    invites(draft)
    draft.run(lambda c: events.set_stage(c, draft.id, EventStage.DRAFT, of=(EventStage.OPEN,)))
    await tied(chats)
    assert [] == await later(chats)


async def test_of_a_series_the_nearest_session_is_posted(chats, database, clock):
    """A class of six evenings is one post, not six."""
    first = Gathering(database, clock, "robots")
    invites(first)

    def second(connection):
        series = events.new_series(connection, 1, "robotics", clock.at)
        events.change(connection, first.id, clock.at, series_id=series)
        row = events.by_id(connection, first.id)
        starts = row.starts_at + timedelta(days=7)
        new = events.New("robotics", "Robots", starts, starts + timedelta(hours=1), more={"series_id": series})
        event_id = events.make(connection, 1, new, clock.at)
        events.invite_with(connection, event_id, row.announcement_id)
        events.set_stage(connection, event_id, EventStage.OPEN, of=(EventStage.DRAFT,))

    first.run(second)
    await tied(chats)
    assert [GROUP] == [call["chat_id"] for call in [*await later(chats), *await later(chats)]]


async def test_the_button_opens_the_answer_in_private(chats, gathering):
    """What the link carries is of this event and signed: a made-up one opens nothing."""
    (asked,) = await chats.says("/start", FAMILY, start_with=links.in_group(gathering.id))
    assert asked["text"].startswith("Pizza night, Wed, Nov 25, 12pm, cafeteria. How many of you come?")
    (saved,) = await chats.says("4", FAMILY)
    assert "You're set: Pizza night" in saved["caption"]

    made_up = f"event-{gathering.id}-AAAAAAAAAAAA"
    (hello, *_more) = await chats.says("/start", FAMILY + 1, start_with=made_up)
    assert "Pizza" not in hello["text"]
    assert len(links.in_group(2**60)) <= 64
