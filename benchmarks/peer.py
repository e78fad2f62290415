"""A three-step conversation in one process, against python-telegram-bot's own way to hold one.

Ours: "CALL", "3" (another time), and when. Each message is parsed, heard and committed with its reply as an outbox row (SQLite, WAL,
`synchronous=FULL`). Theirs: `ConversationHandler`, three states, each answer kept in `user_data`, each reply sent over a network that
answers from memory. Theirs builds and parses a request where ours writes a row; ours is on disk where theirs is not.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, ConversationHandler, MessageHandler, PicklePersistence, filters
from telegram.request import BaseRequest

from bot.channels import twilio
from bot.house import House
from bot.settings import Settings
from storage.database import open_database

from . import texts, world
from .rounds import Compared, heading

STEPS = ("CALL", "3", "Friday at 5pm")
WHEN, TIME = range(2)
_ids = itertools.count(1)


async def measure(*, rounds: int, people: int, kept: int, turns_kept: int) -> list[Compared]:
    heading(f"In one process: {' / '.join(STEPS)}, {people} people, {texts.CONCURRENCY} at once")
    with world.engine("sqlite") as make, world.folder() as folder:
        url = make("ours")
        world.furnish(url)
        house = House(Settings(database_url=url), open_database(url))
        plain = await _bot()
        pickled = await _bot(PicklePersistence(folder / "bot.pickle", update_interval=86_400))
        await _theirs(pickled, range(kept))
        await pickled.update_persistence()
        ours, theirs, flushed = [], [], []
        await _ours(house, people)
        for _ in range(rounds):
            ours.append(await _ours(house, people))
            theirs.append(await _theirs(plain, range(people)))
            flushed.append(await _theirs(pickled, range(turns_kept // len(STEPS)), after=pickled.update_persistence))
        house.database.close()
    return [
        Compared("our durable turn ÷ ConversationHandler, which forgets", ours, theirs),
        Compared(f"our durable turn ÷ with PicklePersistence, flushed each turn, {kept} people", ours, flushed, "≥ 5"),
    ]


async def _ours(house: House, people: int) -> float:
    """Turns a second of everybody's whole conversation."""
    seconds = 0.0
    for says in STEPS:
        forms = [{"MessageSid": f"SM{next(_ids):032x}", "From": texts.number(n), "To": "+16615550100", "Body": says} for n in range(people)]
        jobs = [partial(_hear, house, form) for form in forms]
        seconds += people / await world.at_once(texts.dealt(jobs))
        world.hand_off_all(house.database)
    return people * len(STEPS) / seconds


async def _hear(house: House, form: dict[str, str]) -> None:
    taken = await house.receive(twilio.parse(form, "default"))
    assert taken.new
    assert taken.texts


async def _theirs(bot: Application[Any, Any, Any, Any, Any, Any], people: Sequence[int], after: Callable[[], Any] | None = None) -> float:
    seconds = 0.0
    for says in STEPS:
        jobs = [partial(_process, bot, _update(1_000 + n, says), after) for n in people]
        seconds += len(people) / await world.at_once(texts.dealt(jobs, 1 if after else texts.CONCURRENCY))
    return len(people) * len(STEPS) / seconds


async def _process(bot: Application[Any, Any, Any, Any, Any, Any], update: dict[str, Any], after: Callable[[], Any] | None) -> None:
    await bot.process_update(Update.de_json(update, bot.bot))
    if after is not None:
        await after()


def _update(chat: int, says: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Parent", "language_code": "en"}
    message = {
        "message_id": next(_ids),
        "from": person,
        "chat": {"id": chat, "first_name": "Parent", "type": "private"},
        "date": 1_794_834_000,
        "text": says,
    }
    return {"update_id": next(_ids), "message": message}


class FromMemory(BaseRequest):
    """A network that answers at once."""

    read_timeout = 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, method: str, request_data: Any = None, *_args: Any, **_more: Any) -> tuple[int, bytes]:
        if url.endswith("/getMe"):
            result: Any = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
        else:
            sent = request_data.parameters
            result = {"message_id": 1, "date": 1, "chat": {"id": sent["chat_id"], "type": "private"}, "text": sent["text"]}
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def _bot(persistence: PicklePersistence | None = None) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = ApplicationBuilder().token("1:bench").request(FromMemory()).get_updates_request(FromMemory()).updater(None)
    bot: Application[Any, Any, Any, Any, Any, Any] = (builder.persistence(persistence) if persistence else builder).build()
    text = filters.TEXT
    with warnings.catch_warnings(action="ignore"):
        bot.add_handler(
            ConversationHandler(
                entry_points=[MessageHandler(filters.Regex("^CALL$"), _start)],
                states={WHEN: [MessageHandler(text, _when)], TIME: [MessageHandler(text, _time)]},
                fallbacks=[],
                persistent=persistence is not None,
                name="call",
            )
        )
    await bot.initialize()
    return bot


async def _start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    await _reply(update, "A person will call you. When is best?\n1. Morning, 8 to 12\n2. Afternoon, 12 to 4\n3. Another time")
    return WHEN


async def _when(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    _keep(context, "when", update)
    await _reply(update, "When should we call? Write a day and an hour.")
    return TIME


async def _time(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    _keep(context, "time", update)
    await _reply(update, "Done. On the next school day a person calls you.")
    return ConversationHandler.END


async def _reply(update: Update, says: str) -> None:
    assert update.message is not None
    await update.message.reply_text(says)


def _keep(context: ContextTypes.DEFAULT_TYPE, name: str, update: Update) -> None:
    assert context.user_data is not None
    assert update.message is not None
    context.user_data[name] = update.message.text
