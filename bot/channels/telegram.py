"""Telegram: send, take buttons away, arrange for updates. What Telegram sends is read in `telegram_parse`.

python-telegram-bot is used as a typed client and nothing else: what must survive a crash is kept in our own tables.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import telegram
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from . import segments
from .base import DeliveryError, File, Handoff, Message, Moved, OurFault, PersonLeft, Refused, Sent, TryLater, Unknown
from .decoding import decoded
from .telegram_parse import KINDS

API = "https://api.telegram.org"

SHORT = 8
"""Characters of a label that still fits four to a row on a small phone."""
ACROSS = 4
UNDER_A_FILE = 1024
"""Characters of a text that stands under a file: https://core.telegram.org/bots/api#senddocument (caption)."""
_SAME = "message is not modified"
CONNECTIONS = 40
"""Updates Telegram posts to the webhook at the same time, at most."""
BEST_EFFORT = 5.0
"""Seconds that a call nobody waits for may take."""

_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
"""What the typed client raises over an answer of another shape than it knows."""

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Telegram:
    """One bot. `patience` is how many seconds a send may take: past it nobody knows whether the person has the text."""

    name = "telegram"
    taps = True
    tells = False
    """What became of a send cannot be asked."""
    carries_at_most = 4096

    def __init__(
        self, token: str, *, api_url: str = "", public_url: str = "", secret: str = "", per_second: float = 25.0, patience: float = 20.0
    ) -> None:
        _keep_out_of_logs()
        root = (api_url or API).rstrip("/")
        self.username = ""
        self.per_second = per_second
        self._public_url, self._secret = public_url.rstrip("/"), secret
        self._hurry = min(patience, BEST_EFFORT)
        self._sends = _Request(connection_pool_size=64, read_timeout=patience, pool_timeout=BEST_EFFORT)
        self._polls = _Request(connection_pool_size=2)
        self._bot = Bot(
            token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot", request=self._sends, get_updates_request=self._polls
        )
        self._retiring: set[asyncio.Task[None]] = set()

    async def open(self, menus: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Learn our name, arrange for updates, set the command menus: (command, description) by language tag.

        The first language's menu is also for all who have no menu of their own. Safe to repeat: `TryLater` asks for
        it, `OurFault` says what to mend first.
        """
        try:
            self.username = (await self._bot.get_me()).username or ""
            await self._arrange_updates()
            await self._set_menus(menus)
        except InvalidToken as error:
            raise OurFault("Telegram does not know this TELEGRAM_TOKEN: copy it again from @BotFather") from error
        except BadRequest as error:
            raise OurFault(f"Telegram refuses the command menu: {error.message}") from error
        except TelegramError as error:
            raise _harmless(error) from error
        except _UNREADABLE as unreadable:
            raise TryLater("Telegram's answer to the opening cannot be read") from unreadable

    async def close(self) -> None:
        await asyncio.gather(*self._retiring)
        await self._sends.shutdown()
        await self._polls.shutdown()

    async def send(self, handoff: Handoff) -> Sent:
        """Hand off one text. The buttons of the message it replaces go in the background: the send is settled without them."""
        chat, message = _chat(handoff.address), handoff.message
        try:
            taken = await (self._give(chat, message, message.file) if message.file and _fits(message.text) else self._say(chat, message))
        except TelegramError as error:
            raise _failure(error) from error
        except _UNREADABLE as unreadable:
            raise Unknown("Telegram's answer to the send cannot be read") from unreadable
        if message.retire.isdecimal():
            self._soon_retire(chat, int(message.retire))
        return Sent(str(taken.message_id))

    async def _say(self, chat: int, message: Message) -> telegram.Message:
        preview = LinkPreviewOptions(is_disabled=True)
        return await self._bot.send_message(chat, message.text, reply_markup=_keyboard(message), link_preview_options=preview)

    async def _give(self, chat: int, message: Message, file: File) -> telegram.Message:
        """The text stands under the file: one message, which is sent or is not."""
        named = InputFile(file.content, filename=file.name)
        return await self._bot.send_document(chat, named, caption=message.text, reply_markup=_keyboard(message))

    async def edit(self, address: str, provider_id: str, message: Message) -> None:
        """Put other words in the place of those that stand in a message of ours. To repeat it does no harm. Raises a `DeliveryError`."""
        try:
            await self._bot.edit_message_text(
                message.text,
                _chat(address),
                int(provider_id),
                reply_markup=_buttons(message),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                read_timeout=self._hurry,
            )
        except TelegramError as error:
            if _SAME not in error.message.casefold():
                raise _failure(error) from error
        except _UNREADABLE as unreadable:
            raise Unknown("Telegram's answer to the edit cannot be read") from unreadable

    async def find(self, handoff: Handoff, since: datetime, *, known: Collection[str] = ()) -> Sent | None:
        """Telegram does not tell bots what they have sent."""
        raise Unknown("Telegram cannot be asked")

    async def read_file(self, file: str, most: int) -> str:
        """The words of a text file; raises a `DeliveryError`."""
        try:
            found = await self._bot.get_file(file, read_timeout=self._hurry)
            if (found.file_size or 0) > most:
                raise Refused("too long")
            content = await found.download_as_bytearray(read_timeout=self._hurry)
        except TelegramError as error:
            raise TryLater("no file") from error
        return decoded(bytes(content[: most + 1]))

    def split(self, text: str) -> Sequence[str]:
        return segments.split(text, self.carries_at_most)

    async def answer_callback(self, callback_id: str) -> None:
        """Let the app stop waiting for a pressed button. Best effort: the person's answer is on its way as a message."""
        with suppress(TelegramError, *_UNREADABLE):
            await self._bot.answer_callback_query(callback_id, read_timeout=self._hurry)

    async def updates(self, offset: int, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """The updates from number `offset` on, as `parse` takes them; waits `timeout` seconds for the first.

        Asking with a higher offset tells Telegram that the ones below are safe with us.
        """
        asked = urlencode({"offset": offset, "timeout": timeout, "allowed_updates": json.dumps(KINDS)})
        try:
            answer = await self._polls.retrieve(f"{self._bot.base_url}/getUpdates?{asked}", read_timeout=timeout + self._hurry)
            return [dict(each) for each in json.loads(answer)["result"]]
        except TelegramError as error:
            raise _harmless(error) from error
        except _UNREADABLE as unreadable:
            raise TryLater("Telegram's list of updates cannot be read") from unreadable

    async def _arrange_updates(self) -> None:
        """By webhook where we have an address, else by asking; what is waiting is kept either way."""
        if not self._public_url:
            await self._bot.delete_webhook()
            return
        try:
            await self._bot.set_webhook(
                f"{self._public_url}/telegram", max_connections=CONNECTIONS, allowed_updates=KINDS, secret_token=self._secret or None
            )
        except BadRequest as error:
            raise OurFault(f"Telegram refuses PUBLIC_URL or TELEGRAM_SECRET: {error.message}") from error

    async def _set_menus(self, menus: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """In private chats only: a group need not see what we can do. Telegram knows languages of two letters."""
        everywhere = [("", menu) for menu in list(menus.values())[:1]]
        own = [(tag, menu) for tag, menu in menus.items() if len(tag) == len("en")]
        for tag, menu in (*everywhere, *own):
            await self._bot.set_my_commands(menu, BotCommandScopeAllPrivateChats(), language_code=tag or None)

    def _soon_retire(self, chat: int, earlier: int) -> None:
        task = asyncio.create_task(self._retire(chat, earlier))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, chat: int, earlier: int) -> None:
        """Best effort: an old button that stays is known as old when it is pressed."""
        with suppress(TelegramError, *_UNREADABLE):
            await self._bot.edit_message_reply_markup(chat, earlier, read_timeout=self._hurry)


class _NotNow(TelegramError):
    """Too fast. The client's own `RetryAfter` misses answers that do not say for how long, and warns about its types."""

    def __init__(self, after: float | None) -> None:
        super().__init__("Too Many Requests")
        self.after = after


class _NotTelegram(TelegramError):
    """A page of somebody else's, most likely a filter of the network we are in; a 403 of its making blocks nobody."""

    def __init__(self) -> None:
        super().__init__("something between us and Telegram refused: allow api.telegram.org in the network's filter")


class _Request(HTTPXRequest):
    """Looks at refusals before the client names them after their status alone."""

    async def do_request(self, *positional: Any, **named: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*positional, **named)
        if httpx.codes.is_redirect(status) or httpx.codes.is_client_error(status):
            _look_at(status, payload)
        return status, payload


def _look_at(status: int, payload: bytes) -> None:
    try:
        parameters = json.loads(payload).get("parameters") or {}
        after = parameters.get("retry_after")
    except (AttributeError, ValueError):
        raise _NotTelegram from None
    if status == httpx.codes.TOO_MANY_REQUESTS or after is not None:
        raise _NotNow(after)


def _failure(error: TelegramError) -> DeliveryError:
    """What a failed send means. `BadRequest` is a `NetworkError` too: what is certain is looked at before what is not."""
    said = error.message[:100]
    match error:
        case _NotNow():
            return TryLater(said, after=error.after)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case Forbidden():
            return PersonLeft(said)
        case BadRequest():
            return Refused(said)
        case InvalidToken() | Conflict() | _NotTelegram():
            return OurFault(said)
    return TryLater(said) if isinstance(error.__cause__, _NEVER_LEFT) else Unknown(said)


def _harmless(error: TelegramError) -> DeliveryError:
    """What a failed call means that may be repeated whatever became of it."""
    failure = _failure(error)
    return TryLater(failure.code) if isinstance(failure, Unknown) else failure


def _chat(address: str) -> int:
    try:
        return int(address)
    except ValueError:
        raise Refused("the address is no Telegram chat: it should be a number") from None


def _fits(text: str) -> bool:
    """Under a file; a longer text goes without it."""
    return len(text.encode("utf-16-le", "replace")) // 2 <= UNDER_A_FILE


def _keyboard(message: Message) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """Telegram takes one keyboard a message: buttons under it, or else the one that shares the location."""
    if (buttons := _buttons(message)) is not None:
        return buttons
    if message.ask_location:
        share = KeyboardButton(message.ask_location, request_location=True)
        return ReplyKeyboardMarkup([[share]], resize_keyboard=True, one_time_keyboard=True)
    return None


def _buttons(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    across = ACROSS if all(len(label) <= SHORT for label, _data in message.buttons) else 1
    buttons = [
        InlineKeyboardButton(label, url=data) if data.startswith("https://") else InlineKeyboardButton(label, callback_data=data)
        for label, data in message.buttons
    ]
    return InlineKeyboardMarkup([buttons[start : start + across] for start in range(0, len(buttons), across)])


def _keep_out_of_logs() -> None:
    """Httpx logs addresses, with the token in them; the client logs what it cannot read, with people's words in it."""
    for name, level in {"httpx": logging.WARNING, "telegram": logging.CRITICAL}.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(level, logger.level))
