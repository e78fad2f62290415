"""Updates with the bodies that Telegram sends, all but the `update_id`, which the sender counts."""

from typing import Any

NOON = 1_794_834_000
"""2026-11-16 13:00 UTC."""
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Mesa School", "username": "mesa_school_bot"}
GROUP = -1001234567890

Update = dict[str, Any]


def person(chat: int, language: str = "en", **more: Any) -> Update:
    return {"id": chat, "is_bot": False, "first_name": "Parent", "language_code": language, **more}


def private(chat: int) -> Update:
    return {"id": chat, "first_name": "Parent", "type": "private"}


def supergroup(chat: int = GROUP) -> Update:
    return {"id": chat, "title": "Room 4 families", "type": "supergroup"}


def _message(chat: int, language: str, **content: Any) -> Update:
    return {"message": {"message_id": 41, "from": person(chat, language), "chat": private(chat), "date": NOON, **content}}


def private_text(chat: int, text: str, language: str = "en") -> Update:
    entities = [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}] if text.startswith("/") else []
    return _message(chat, language, text=text, **({"entities": entities} if entities else {}))


def location(chat: int, latitude: float = 35.3427, longitude: float = -118.9773, language: str = "en") -> Update:
    return _message(chat, language, location={"latitude": latitude, "longitude": longitude})


def photo(chat: int, caption: str = "", language: str = "en") -> Update:
    sizes = [
        {"file_id": "AgACAgQAAxkBAAMp", "file_unique_id": "AQADcg", "file_size": 1298, "width": 90, "height": 67},
        {"file_id": "AgACAgQAAxkBAAMq", "file_unique_id": "AQADeQ", "file_size": 92113, "width": 1280, "height": 960},
    ]
    return _message(chat, language, photo=sizes, **({"caption": caption} if caption else {}))


def voice(chat: int, language: str = "en") -> Update:
    note = {"duration": 4, "mime_type": "audio/ogg", "file_id": "AwACAgQAAxkBAAMr", "file_unique_id": "AgADGg", "file_size": 17110}
    return _message(chat, language, voice=note)


def document(chat: int, language: str = "en") -> Update:
    file = {"file_name": "form.pdf", "mime_type": "application/pdf", "file_id": "BQACAgQ", "file_unique_id": "AgADHA", "file_size": 48211}
    return _message(chat, language, document=file)


def contact(chat: int, language: str = "en") -> Update:
    return _message(chat, language, contact={"phone_number": "16615550120", "first_name": "Parent", "user_id": chat})


def sticker(chat: int, emoji: str = "🙏", language: str = "en") -> Update:
    picture = {
        "width": 512,
        "height": 512,
        "emoji": emoji,
        "set_name": "Thanks",
        "is_animated": False,
        "is_video": False,
        "type": "regular",
    }
    return _message(chat, language, sticker={**picture, "file_id": "CAACAgIAAxkBAAMs", "file_unique_id": "AgADJQ", "file_size": 20478})


def edited(chat: int, text: str, language: str = "en") -> Update:
    message = _message(chat, language, text=text, edit_date=NOON + 30)["message"]
    return {"edited_message": message}


def pinned(chat: int, language: str = "en") -> Update:
    earlier = {"message_id": 40, "from": BOT, "chat": private(chat), "date": NOON - 60, "text": "Hello"}
    return _message(chat, language, pinned_message=earlier)


def press(chat: int, data: str, message_id: int = 40, language: str = "en", query: str = "4382bfdwdsb323b2d9") -> Update:
    button = {"inline_keyboard": [[{"text": "yes", "callback_data": data}]]}
    shown = {"message_id": message_id, "from": BOT, "chat": private(chat), "date": NOON - 60, "text": "Coming?", "reply_markup": button}
    return {"callback_query": {"id": query, "from": person(chat, language), "message": shown, "chat_instance": "-38812", "data": data}}


def old_press(chat: int, data: str, message_id: int = 40, language: str = "en") -> Update:
    """Of a message that the bot may no longer see."""
    gone = {"chat": private(chat), "message_id": message_id, "date": 0}
    return {"callback_query": {"id": "4382bfdwd", "from": person(chat, language), "message": gone, "chat_instance": "-38812", "data": data}}


def press_inline(chat: int, data: str, language: str = "en") -> Update:
    """Of a message that was sent through inline mode: there is no chat in it."""
    query = {"id": "4382bfdwe", "from": person(chat, language), "inline_message_id": "BAAA", "chat_instance": "-38812", "data": data}
    return {"callback_query": query}


def member(chat: int, status: str = "kicked", language: str = "en") -> Update:
    """Block ("kicked") and unblock ("member") the bot."""
    before = {"user": BOT, "status": "member" if status == "kicked" else "kicked", "until_date": 0}
    after = {"user": BOT, "status": status, "until_date": 0}
    change = {"chat": private(chat), "from": person(chat, language), "date": NOON, "old_chat_member": before, "new_chat_member": after}
    return {"my_chat_member": change}


def added_to_group(chat: int, group: int = GROUP) -> Update:
    change = {**member(chat, "member")["my_chat_member"], "chat": supergroup(group)}
    return {"my_chat_member": change}


def in_group(chat: int, text: str, group: int = GROUP, language: str = "en", **more: Any) -> Update:
    message = private_text(chat, text, language)["message"]
    return {"message": {**message, "chat": supergroup(group), **more}}


def reply_to(chat: int, words: str, earlier_from: Update, group: int = GROUP) -> Update:
    earlier = {"message_id": 39, "from": earlier_from, "chat": supergroup(group), "date": NOON - 60, "text": "Welcome"}
    return in_group(chat, words, group, reply_to_message=earlier)


def migrated(chat: int, group: int = -4123456, to: int = GROUP) -> Update:
    body = _message(chat, "en", migrate_to_chat_id=to)["message"]
    return {"message": {**body, "chat": {"id": group, "title": "Room 4 families", "type": "group"}}}


def channel_post(words: str) -> Update:
    where = {"id": -1009876543210, "title": "Mesa news", "type": "channel"}
    return {"channel_post": {"message_id": 12, "sender_chat": where, "chat": where, "date": NOON, "text": words}}


def poll_answer(chat: int) -> Update:
    """A kind of update that nobody asked for."""
    return {"poll_answer": {"poll_id": "5123", "user": person(chat), "option_ids": [0], "option_persistent_ids": ["0"]}}


KINDS = {
    "text": private_text,
} | {
    each.__name__: each
    for each in (
        *(location, photo, voice, document, contact, sticker, edited, pinned, press, old_press, press_inline),
        *(member, added_to_group, in_group, reply_to, migrated, channel_post, poll_answer),
    )
}
