"""Read what Telegram sends: one update in, one `Received` out, or None where nothing was said to us.

Of an update only the kinds we ask for are looked at (`KINDS`), so that a change in the others can never cost us a message.
"""

from __future__ import annotations

import hmac
import re
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from conversations.reply import Pressed

from .base import Received, button

KINDS = ("message", "callback_query", "my_chat_member")
"""What Telegram is asked to send: no edits, no channel posts, no reactions."""

LONGEST = 5000
"""Characters of a text that are read. Telegram itself stops at 4096."""

MOST_OF_FILE = 20_000
"""Bytes of a text file that is read at all."""

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
"""What a deep link may carry behind /start."""

OLD = Pressed(-1, -1)
"""A button that is none of ours: no question has this number, so the person hears that it is old."""

_GROUPS = (Chat.GROUP, Chat.SUPERGROUP)
_MEDIA = (
    *("animation", "audio", "checklist", "contact", "document", "game", "live_photo", "paid_media"),
    *("photo", "poll", "story", "video", "video_note", "voice"),
)
_COMMAND = re.compile(r"/(?P<word>\w{1,64})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{2,35}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse(update_json: dict[str, Any], bot_username: str) -> Received | None:
    """What a person did; None for what is none of our business. Raises `ValueError` for what is no update, without quoting it."""
    try:
        return _received(update_json, bot_username)
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as broken:
        sentence = f"this is not an update as Telegram sends it ({type(broken).__name__}); only Telegram should post here"
        raise ValueError(sentence) from None  # the cause would carry the person's words into a log


def callback_id(update_json: dict[str, Any]) -> str:
    """The press to answer, so that the app stops waiting; empty if this update is no press."""
    query = update_json.get("callback_query")
    found = query.get("id") if isinstance(query, dict) else None
    return found if isinstance(found, str) else ""


def press_data(pressed: Pressed) -> str:
    """What a button carries, and `parse` reads back from its press."""
    return f"e:{pressed.event}:{pressed.option}" if pressed.event else f"q:{pressed.question}:{pressed.option}"


def secret_ok(header_value: str | None, secret: str) -> bool:
    """Whether Telegram sent this, in constant time. Without a secret nothing is."""
    return bool(secret) and hmac.compare_digest((header_value or "").encode("utf-8", "replace"), secret.encode())


def start_link(username: str, payload: str) -> str:
    """The address that opens the chat with our bot; whoever presses Start there sends `payload`."""
    if not PAYLOAD.fullmatch(payload):
        raise ValueError(f"{payload!r} cannot stand in a Telegram link: up to 64 letters, digits, _ and -, please")
    return f"https://t.me/{username}?start={payload}" if payload else f"https://t.me/{username}"


def _received(update_json: dict[str, Any], bot_username: str) -> Received | None:
    update = Update.de_json({key: update_json[key] for key in ("update_id", *KINDS) if key in update_json})
    number = str(_whole(update.update_id))
    if update.message is not None:
        return _message(number, update.message, bot_username)
    if update.callback_query is not None:
        return _press(number, update.callback_query)
    if update.my_chat_member is not None:
        return _member(number, update.my_chat_member)
    return None


def _message(number: str, message: Message, bot_username: str) -> Received | None:
    """A message of a person, in a private chat or to us in a group. One without content (a pin, a migration) says nothing."""
    written = _clean(message.text or message.caption or _emoji(message))
    group = message.chat.type in _GROUPS
    if group and message.migrate_to_chat_id is not None:
        moved = str(_whole(message.migrate_to_chat_id))
        return Received(channel="telegram", provider_id=number, address=str(_whole(message.chat.id)), text="", group=True, moved_to=moved)
    if not _from_a_person(message) or not (group or message.chat.type == Chat.PRIVATE):
        return None
    if group and not _to_us(message, written, bot_username):
        return None
    text, start_with = _without_our_name(written, bot_username)
    location, media = _location(message), any(getattr(message, kind) for kind in _MEDIA)
    if not (text or location or media or message.sticker):
        return None
    return Received(
        channel="telegram",
        provider_id=number,
        address=str(_whole(message.chat.id)),
        text=text,
        sent_at=message.date,
        start_with=start_with,
        location=location,
        media=media,
        file=_text_file(message),
        language=_language(message.from_user),
        group=group,
        by=str(message.from_user.id) if group and message.from_user is not None else "",
    )


def _text_file(message: Message) -> str:
    """The id of a text file that is small enough to be read; empty if there is none."""
    file = message.document
    plain = file is not None and file.mime_type == "text/plain" and 0 < (file.file_size or 0) <= MOST_OF_FILE
    return file.file_id if plain and file is not None else ""


def _press(number: str, query: CallbackQuery) -> Received | None:
    """A press, of a message we may no longer see. Its data comes from the person's app: anybody can make it up."""
    chat = query.message.chat if query.message is not None else None
    found = button(query.data) if isinstance(query.data, str) else None
    return Received(
        channel="telegram",
        provider_id=number,
        address=str(_whole(chat.id if chat is not None else query.from_user.id)),
        text="",
        pressed=found or OLD,
        language=_language(query.from_user),
        group=chat is not None and chat.type in _GROUPS,
    )


def _member(number: str, change: ChatMemberUpdated) -> Received | None:
    """They blocked us, or unblocked us; or put us out of a group. That we were put into one is of no interest: somebody must ask for it."""
    status = change.new_chat_member.status
    if change.chat.type in _GROUPS and status in {ChatMember.BANNED, ChatMember.LEFT}:
        chat = str(_whole(change.chat.id))
        return Received(channel="telegram", provider_id=number, address=chat, text="", sent_at=change.date, left=True, group=True)
    if change.chat.type != Chat.PRIVATE or status not in {ChatMember.BANNED, ChatMember.MEMBER}:
        return None
    return Received(
        channel="telegram",
        provider_id=number,
        address=str(_whole(change.chat.id)),
        text="",
        sent_at=change.date,
        language=_language(change.from_user),
        left=status == ChatMember.BANNED,
    )


def _from_a_person(message: Message) -> bool:
    """Another bot would answer our answers. A group's anonymous administrator writes as a bot too, in the name of a chat."""
    sender = message.from_user
    return sender is not None and (not sender.is_bot or message.sender_chat is not None) and not message.is_automatic_forward


def _to_us(message: Message, text: str, bot_username: str) -> bool:
    """In a group: a command that names no other bot, our @name, or a reply to a message of ours."""
    if command := _COMMAND.fullmatch(text):
        return command["bot"] is None or _same(command["bot"], bot_username)
    earlier = message.reply_to_message
    if earlier is not None and earlier.from_user is not None and _same(earlier.from_user.username, bot_username):
        return True
    return bool(bot_username) and re.search(rf"(?<![\w@])@{re.escape(bot_username)}(?!\w)", text, re.IGNORECASE) is not None


def _without_our_name(text: str, bot_username: str) -> tuple[str, str]:
    """A command as it was meant, and what a deep link put behind /start."""
    command = _COMMAND.fullmatch(text)
    if command is None or (command["bot"] is not None and not _same(command["bot"], bot_username)):
        return text, ""
    rest = (command["rest"] or "").strip()
    if command["word"].casefold() == "start":
        return "/start", rest if PAYLOAD.fullmatch(rest) else ""
    return f"/{command['word']} {rest}".rstrip(), ""


def _same(username: str | None, bot_username: str) -> bool:
    return username is not None and username.casefold() == bot_username.casefold()


def _emoji(message: Message) -> str:
    """A sticker says what its emoji says, and so does a thrown die."""
    shown = message.sticker or message.dice
    return (shown.emoji or "") if shown is not None else ""


def _location(message: Message) -> tuple[float, float] | None:
    if message.location is None:
        return None
    return _degrees(message.location.latitude, 90), _degrees(message.location.longitude, 180)


def _degrees(value: float, most: int) -> float:
    if not -most <= value <= most:
        raise ValueError(most)
    return float(value)


def _language(user: User | None) -> str:
    tag = user.language_code if user is not None else None
    return tag if tag and _LANGUAGE.fullmatch(tag) else ""


def _clean(text: str) -> str:
    """The text as a database takes it, and no longer than anybody types."""
    return _UNSTORABLE.sub("", text)[:LONGEST]


def _whole(number: int) -> int:
    """The number, if it is one: the typed client believes what it is sent."""
    if type(number) is not int or abs(number) >= 2**63:
        raise ValueError(type(number))
    return number
