"""The only way out: order, consent, retries, and what happens when nobody knows what happened."""

from datetime import timedelta

import pytest

from bot.announcements.sifting import billed
from bot.channels import base
from bot.channels.base import StatusReport
from bot.outbox import report
from storage import outbox
from storage.tables import Kind, State

ROSA = "+16615550180"


async def rows(house, column="state"):
    return [row[0] for row in await house.run(f"SELECT {column} FROM outbox ORDER BY id")]


async def write(house, clock, kind, *texts, address=ROSA):
    """Put texts into the outbox of somebody who has written before."""
    (found,) = await house.run("SELECT id, person_id FROM address WHERE address = :a", a=address)
    new = [
        {"person_id": found[1], "address_id": found[0], "channel": "sms", "kind": kind, "text": each, "created_at": clock.at}
        for each in texts
    ]
    await house.database.run(lambda connection: outbox.write(connection, new))


@pytest.fixture
async def known(house):
    """Rosa has joined, and has nothing waiting."""
    await house.hears("MESA", ROSA)
    return house.channels["sms"]


async def test_texts_to_one_person_leave_in_order(house, clock, known):
    """Even where the first has to be tried again."""
    known.fails = [base.TryLater("20429", after=30.0)]
    await write(house, clock, Kind.REPLY, "one", "two", "three")
    await house.settled()
    assert ["waiting", "waiting", "waiting"] == (await rows(house))[1:]
    clock.forward(seconds=31)
    await house.settled()

    assert ["one", "two", "three"] == known.texts_to(ROSA)[1:]


async def test_replies_go_before_the_rest(house, clock, known):
    """Who asks does not wait behind what we start."""
    await write(house, clock, Kind.NUDGE, "news")
    await write(house, clock, Kind.REPLY, "answer")
    await house.settled()

    assert ["answer", "news"] == known.texts_to(ROSA)[1:]


async def test_one_who_cannot_be_reached_holds_up_nobody_else(house, clock, known):
    """A family whose phone is off delays no other family."""
    known.fails = [base.TryLater("30003", after=600.0)]
    await write(house, clock, Kind.REPLY, "to Rosa")
    await house.settled()
    other = await house.hears("food", "+16615550181")

    assert 1 == len(other)


async def test_nothing_we_start_leaves_after_stop(house, clock, known):
    """Consent is looked at again at the very last moment."""
    await write(house, clock, Kind.NUDGE, "news")
    await house.database.run(
        lambda c: c.exec_driver_sql("UPDATE person SET stopped_at = '2026-11-18 00:00:00+00:00' WHERE id = (SELECT max(id) FROM person)")
    )
    await house.settled()

    assert ["skipped"] == (await rows(house))[1:]
    assert ["stopped"] == (await rows(house, "reason"))[1:]


async def test_a_carrier_that_says_they_left_is_stop(house, clock, known):
    """21610: they told the carrier, which is telling us."""
    known.fails = [base.PersonLeft("21610")]
    await write(house, clock, Kind.NUDGE, "news", "more news")
    await house.settled()

    assert ["failed", "skipped"] == (await rows(house))[1:]
    assert ("stop", "carrier 21610") == tuple((await house.run("SELECT what, how FROM consent ORDER BY id DESC LIMIT 1"))[0])


async def test_a_number_that_does_not_exist_is_not_tried_again(house, clock, known):
    """Refused once is refused."""
    known.fails = [base.Refused("21211")]
    await write(house, clock, Kind.REPLY, "hello")
    await house.settled()
    clock.forward(days=1)
    await house.settled()

    assert ["failed"] == (await rows(house))[1:]
    assert ["21211"] == (await rows(house, "reason"))[1:]


async def test_our_own_fault_is_tried_until_it_is_mended(house, clock, known):
    """A wrong credential loses no message: what waits leaves when it is right again."""
    known.fails = [base.OurFault("20003"), base.OurFault("20003")]
    await write(house, clock, Kind.REPLY, "hello")
    for _try in range(3):
        await house.settled()
        clock.forward(minutes=11)

    assert ["hello"] == known.texts_to(ROSA)[1:]


async def test_a_text_that_could_not_leave_for_a_day_is_given_up(house, clock, known):
    """And the books say so."""
    known.fails = [base.TryLater("500") for _n in range(500)]
    await write(house, clock, Kind.REPLY, "hello")
    for _try in range(200):
        await house.settled()
        clock.forward(minutes=11)

    assert ["failed"] == (await rows(house))[1:]


async def test_a_timeout_that_was_accepted_is_found_and_not_sent_again(house, clock, known):
    """We ask the carrier before we would repeat ourselves."""
    known.accepts_silently = 1
    await write(house, clock, Kind.REPLY, "once")
    await house.settled()
    assert ["sending"] == (await rows(house))[1:]
    clock.forward(seconds=31)
    await house.settled()

    assert ["once"] == known.texts_to(ROSA)[1:]
    assert ["sent"] == (await rows(house))[1:]


async def test_a_timeout_that_was_not_accepted_is_sent_again(house, clock, known):
    """Provably absent: it leaves now."""
    known.fails = [base.Unknown("timeout")]
    await write(house, clock, Kind.REPLY, "once")
    await house.settled()
    clock.forward(seconds=31)
    await house.settled()
    clock.forward(seconds=6)
    await house.settled()

    assert ["once"] == known.texts_to(ROSA)[1:]
    assert ["sent"] == (await rows(house))[1:]


async def test_telegram_cannot_be_asked_so_it_stays_unknown(house, clock):
    """Counted apart, and not repeated."""
    carrier = house.channels["telegram"]
    await house.hears("/start", "555", "telegram")
    carrier.accepts_silently = 1
    await house.hears("food", "555", "telegram")
    clock.forward(seconds=31)
    await house.settled()

    assert ["sent", "unknown"] == await rows(house)
    assert 2 == len(carrier.accepted)


async def test_a_reply_waits_until_it_is_known_what_became_of_the_one_before(house, clock, known):
    """Order holds even where the outcome is unknown."""
    known.accepts_silently = 1
    await write(house, clock, Kind.REPLY, "first", "second")
    await house.settled()
    assert ["first"] == known.texts_to(ROSA)[1:]
    clock.forward(seconds=31)
    await house.settled()
    clock.forward(seconds=6)
    await house.settled()

    assert ["first", "second"] == known.texts_to(ROSA)[1:]


STATUSES = ["sent", "delivered", "failed"]


@pytest.mark.parametrize(
    "order",
    [("delivered", "sent"), ("sent", "delivered"), ("failed", "delivered"), ("delivered", "failed"), ("delivered", "delivered", "sent")],
)
async def test_a_status_never_goes_backwards(house, clock, known, order):
    """What is delivered stays delivered, in whatever order the carrier tells us."""
    for status in order:
        change = StatusReport("sms-1", status)
        await house.database.run(lambda c, change=change: report(c, "sms", change, clock.at, house))
    final = next(status for status in order if status != "sent")

    assert [final] == await rows(house)


async def test_a_callback_that_is_faster_than_the_answer_settles_the_row(house, clock, known):
    """The carrier may tell us that it is delivered before it tells us that it took it."""
    known.accepts_silently = 1
    await write(house, clock, Kind.REPLY, "quick")
    await house.settled()
    (row,) = [each.id if hasattr(each, "id") else each[0] for each in await house.run("SELECT max(id) FROM outbox")]
    await house.database.run(lambda c: report(c, "sms", StatusReport("SM9", "delivered", row=row), clock.at, house))
    clock.forward(seconds=31)
    await house.settled()

    assert ["delivered"] == (await rows(house))[1:]
    assert ["quick"] == known.texts_to(ROSA)[1:]


async def test_a_callback_for_a_row_we_do_not_know_changes_nothing(house, clock, known):
    """Somebody else's message id is nothing to us."""
    assert not await house.database.run(lambda c: report(c, "sms", StatusReport("SMother", "failed"), clock.at, house))
    assert not await house.database.run(lambda c: report(c, "sms", StatusReport("SMother", "failed", row=10**6), clock.at, house))


async def test_the_pace_of_a_sender_is_kept_by_all_together(house, clock, known):
    """Ten deliverers of a sender that may hand off five segments a second hand off five a second."""
    known.per_second = 5.0
    for n in range(20):
        await house.receive(base.Received("sms", f"p{n}", f"+1661555018{n % 10}", "food"))
    sent = []
    for _second in range(5):
        before = len(known.accepted)
        for _deliverer in range(3):
            await house.settled()
        sent.append(sum(billed("sms", handoff.message.text) for handoff in known.accepted[before:]))
        clock.forward(seconds=1)

    largest = max(billed("sms", handoff.message.text) for handoff in known.accepted)
    assert max(sent) <= 5 * largest
    assert 20 <= sum(sent) <= 25 + 5 * largest


async def test_the_buttons_of_an_answered_question_are_taken_away(house):
    """A question that is over cannot be pressed any more."""
    carrier = house.channels["telegram"]
    await house.hears("/start", "556", "telegram")
    await house.hears("1", "556", "telegram")
    await house.hears("food", "556", "telegram")

    assert ["", "telegram-1"] == [handoff.message.retire for handoff in carrier.accepted][:2]


async def test_every_row_is_accounted_for(house, clock, known):
    """Intended is the sum of what became of it."""
    known.fails = [base.Refused("21211"), base.TryLater("429", after=60.0)]
    await write(house, clock, Kind.REPLY, "one", "two", "three")
    await house.settled()
    states = await rows(house)

    assert len(states) == sum(states.count(state.value) for state in State)
    assert timedelta(0) < timedelta(seconds=1)
