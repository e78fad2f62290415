"""Who is told when somebody is in danger, after whom, and what becomes of an alert that can reach nobody."""

from conftest import Carrier

from bot.channels.base import Received
from bot.outbox import Deliverer

FAMILY, COORDINATOR = "+16615550150", "+16615550100"
DANGER = "I want to kill myself"


async def test_the_family_is_answered_before_staff_are_told(house, clock):
    """One sender, one text a second: 988 leaves first, the alert after it. In the books, too, the answer goes before."""
    carrier = house.channels["sms"]
    carrier.per_second = 1.0
    await house.receive(Received("sms", "SM1", FAMILY, DANGER))
    went = []
    for _second in range(4):
        await Deliverer(house, carrier).settled()
        went.append([handoff.address for handoff in carrier.accepted])
        clock.forward(seconds=1)
    rows = await house.run("SELECT kind, priority FROM outbox WHERE channel = 'sms' ORDER BY priority, id")

    assert [FAMILY, COORDINATOR] == went[-1]
    assert [FAMILY] in went
    assert [("reply", 0), ("alert", 1)] == [tuple(row) for row in rows]


async def test_an_alert_to_a_channel_that_is_not_set_waits_for_nothing(house):
    """The coordinator of the phone page, where there is no page: the books say skipped, and why; nothing waits for ever."""
    await house.hears(DANGER, FAMILY)
    rows = await house.run("SELECT channel, state, reason FROM outbox WHERE kind = 'alert' ORDER BY channel")

    assert [("phone", "skipped", "channel not set"), ("sms", "sent", "")] == [tuple(row) for row in rows]


async def test_an_alert_to_a_channel_that_is_set_leaves(house):
    """With the page, its coordinator is told there."""
    house.channels["phone"] = Carrier("phone")
    await house.hears(DANGER, FAMILY)

    assert [("sent",), ("sent",)] == [tuple(row) for row in await house.run("SELECT state FROM outbox WHERE kind = 'alert'")]
