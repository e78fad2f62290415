"""kill -9 while many people talk at once: what they say is heard once, and answered once."""

import asyncio
import random
from collections import Counter

import httpx2
import pytest
from emulators.twilio_requests import TOKEN, inbound, signed_form
from town import a_database, town

import locales
from bot.channels.segments import fold
from conversations import say

TURNS = ("comida 93307", "1", "mas", "renta")
"""Each waits for the answer to the one before, so that a bare number means the same to everybody."""
CONTROL = "+16615550199"
EACH_ITS_OWN = httpx2.Limits(max_keepalive_connections=0)
"""Connections: one that is used again may be closed just then."""
DELAY = 0.1
"""Seconds that both take for each text, so that some are on their way at a kill."""
AREAS = ("559", "805", "209")


class Crowd:
    """People who text at the same time, each waiting for an answer before saying the next thing."""

    def __init__(self, town, people):
        self.town = town
        self.people = [f"+1{AREAS[n // 100]}55501{n % 100:02}" for n in range(people)]
        self.seen, self.have = 0, Counter()

    async def talk(self, client, address):
        for count, words in enumerate(TURNS, 1):
            await self.say(client, address, words)
            await when(lambda count=count: self.texts_of(address) >= count)

    async def say(self, client, address, words):
        """Twilio posts it, again if nobody answers, and once more to the other web if there is one; then it is only in the list."""
        first, *others = random.sample(self.town.webs, len(self.town.webs))
        what = {"from": address, "body": words, "webhook": f"{first.url}/twilio/messages"}
        answer = (await client.post(f"{self.town.twilio.url}/_inbound", json=what)).json()
        for other in others if answer["answers"] != [200] else []:
            url = f"{other.url}/twilio/messages"
            body, headers = signed_form(url, TOKEN, inbound(answer["sid"], address, words))
            await asyncio.gather(client.post(url, content=body, headers=headers), return_exceptions=True)

    def texts_of(self, address):
        accepted = self.town.twilio.accepted
        while self.seen < len(accepted):
            self.have[accepted[self.seen]["to"]] += 1
            self.seen += 1
        return self.have[address]

    @property
    def answers(self):
        self.texts_of("")
        return self.have.total()


async def while_killing(town, crowd, chats, kills, within):
    """Let them all talk, and kill something whenever another share of the answers is out."""
    async with asyncio.timeout(within), httpx2.AsyncClient(trust_env=False, timeout=within, limits=EACH_ITS_OWN) as client:
        await crowd.talk(client, CONTROL)
        talks = [asyncio.create_task(crowd.talk(client, address)) for address in crowd.people]
        for kill in range(1, kills + 1):
            for chat in chats:
                town.telegram.say(chat=chat, text=("/menu", "comida", "renta")[kill % 3])
            share = len(TURNS) * (1 + len(crowd.people) * kill / (kills + 1))
            await when(lambda share=share: crowd.answers >= share)
            process = town.processes[kill % len(town.processes)]
            process.kill()
            process.start()
            if len(town.processes) == 1 or kill % 3 == 0:
                await asyncio.to_thread(town.healthy)
        await asyncio.gather(*talks)
        await when(lambda: not town.telegram._waiting)
    await asyncio.to_thread(town.settled)


async def when(true):
    """Look again and again: the emulators are in threads of their own."""
    while not true():  # noqa: ASYNC110 - nobody sets an event for us
        await asyncio.sleep(0.02)


def judge(town, crowd, chats, kills):
    """By what Twilio and Telegram took: each promise, what it comes to, and what it came to."""
    said = {each["sid"] for each in town.twilio.messages if each["direction"] == "inbound"}
    answers = (
        "SELECT i.provider_id, count(o.id) FROM inbound i LEFT JOIN outbox o ON o.inbound_id = i.id WHERE i.channel = 'sms' GROUP BY 1"
    )
    ledger = {str(row): 1 for (row,) in town.rows("SELECT id FROM outbox WHERE channel = 'sms'")}
    undisturbed = [_plain(text) for text in town.got(CONTROL)]
    sent = {int(n) for (n,) in town.rows("SELECT provider_id FROM outbox WHERE channel = 'telegram' AND state = 'sent'")}
    states = {"sent": 0, "unknown": 0, **dict(town.rows("SELECT state, count(*) FROM outbox WHERE channel = 'telegram' GROUP BY 1"))}
    taken = {each["message_id"] for each in town.telegram.calls()}
    in_doubt = len(taken - sent)
    return [
        ("everything is heard and answered once", dict.fromkeys(said, 1), dict(town.rows(answers))),
        ("each answer is taken once", ledger, Counter(each["row"] for each in town.twilio.accepted)),
        (
            "and written down as sent",
            [("sent", len(ledger))],
            town.rows("SELECT state, count(*) FROM outbox WHERE channel = 'sms' GROUP BY 1"),
        ),
        *((f"as undisturbed {n}", undisturbed, [_plain(text) for text in town.got(each)]) for n, each in enumerate(crowd.people)),
        ("each chat has its answers, or nobody knows", {"sent", "unknown"}, set(states)),
        ("all of them", len(chats) * kills, sum(states.values())),
        ("what is sent has a number of its own", states["sent"], len(sent)),
        ("and was taken", set(), sent - taken),
        ("no more is in doubt than we say", min(in_doubt, states["unknown"]), in_doubt),
        ("and that is little", min(16 * kills, states["unknown"]), states["unknown"]),
        ("no error is ours", False, "Traceback" in town.said),
    ]


LATE = locales.render(say.late(None), "es")


def _plain(text):
    """Without the word of regret, and with letters as an SMS may have them."""
    words = fold(text).removeprefix(fold(LATE)).removeprefix(LATE).strip()
    return "".join(c for c in words if c.isascii() and c.isalnum())


async def run(layout, url, folder, *, people, chats, kills, within):
    """Which promises were not kept."""
    with town(layout, url, folder) as started:
        started.twilio.knobs.set(delay=DELAY)
        started.telegram.turn(method="sendMessage", times=10**6, delay=DELAY)
        started.start()
        crowd, chats = Crowd(started, people), range(900, 900 + chats)
        await while_killing(started, crowd, chats, kills, within)
        ended = ("all end in order", {0}, {each.stop() for each in started.processes})
        return [promise for promise in (ended, *judge(started, crowd, chats, kills)) if promise[1] != promise[2]]


async def test_nobody_notices_that_the_process_was_killed_three_times(engine_name, database_url, tmp_path):
    """Eight families and three more on Telegram are in the middle of talking: no answer is missing, and none comes twice."""
    assert [] == await run(engine_name, database_url, tmp_path, people=8, chats=3, kills=3, within=240)


@pytest.mark.soak
@pytest.mark.parametrize("layout", ["sqlite", "postgresql", "apart"])
async def test_nobody_notices_twenty_kills(layout, tmp_path, request):
    """200 families, 20 on Telegram; on PostgreSQL also with two webs and two deliverers, of which always one is killed."""
    with a_database(layout, tmp_path, request.getfixturevalue) as url:
        assert [] == await run(layout, url, tmp_path, people=200, chats=20, kills=20, within=600)
