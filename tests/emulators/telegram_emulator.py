"""A Bot API server on loopback that behaves as Telegram does, and can be told to behave badly.

In a test: `with TelegramEmulator() as telegram: … telegram.url …`. As a process, for tests that kill things:
`python -m tests.emulators.telegram_emulator --port 8081 --log accepted.jsonl`, and then over HTTP:

POST /_say    {"kind": "text", "chat": 7, "text": "hola"}   a person does something (`telegram_updates.KINDS`); "copies": deliver it n times at once
POST /_press  {"chat": 7, "button": 0}                      a person presses a button of the newest message that has any
POST /_knobs  {"method": "sendMessage", "code": 429, "parameters": {"retry_after": 3}, "times": 1}    see `Knob`
GET  /_log                                                  everything accepted, in order

Updates wait for getUpdates, or are posted to the webhook with its secret until it answers 2xx.
"""

import argparse
import asyncio
import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import telegram_updates

TOKEN = "7000000001:AAEmulatorEmulatorEmulatorEmulator1"


class ApiError(Exception):
    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        said = {"ok": False, "error_code": self.code, "description": self.description}
        return said | ({"parameters": self.parameters} if self.parameters else {})


@dataclass
class Knob:
    """How to behave badly, for the next `times` calls of `method` (to `chat`, if given)."""

    method: str = "sendMessage"
    chat: int | None = None
    times: int = 1
    code: int = 0
    """Refuse with this HTTP status."""
    description: str = "Bad Request: the knob says so"
    parameters: dict[str, Any] | None = None
    """`retry_after`, `migrate_to_chat_id`."""
    page: str = ""
    """Answer with this page in place of JSON."""
    hang: bool = False
    """Never answer; with `accept`, do what was asked first."""
    accept: bool = False
    delay: float = 0.0
    """Seconds before the answer."""

    def fits(self, method: str, chat: object) -> bool:
        return self.times > 0 and self.method == method and self.chat in {None, chat}


@dataclass
class TelegramEmulator:
    token: str = TOKEN
    log: Path | None = None
    port: int = 0
    retry_every: float = 0.2
    """Seconds until an update that the webhook did not take is posted again."""
    accepted: list[dict[str, Any]] = field(default_factory=list)
    """Every call that had its effect, with its parameters and its `method`."""
    knobs: list[Knob] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    """Documents that people have sent, by their id."""
    posted: list[int] = field(default_factory=list)
    """What the webhook answered, in order."""

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.forget()
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{name}", lambda request: Response(self.files[request.path_params["name"]])),
            *(Route(f"/_{name}", self._told(does), methods=["POST"]) for name, does in self._orders().items()),
            Route("/_log", lambda _request: JSONResponse(self.accepted)),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", lifespan="off", loop="asyncio", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.serve, daemon=True)

    # What tests do, in the process or over HTTP

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def serve(self) -> None:
        asyncio.run(self._serve())

    def forget(self) -> None:
        """Be as new, for the next test."""
        for kept in (self.accepted, self.knobs, self.blocked, self.posted):
            kept.clear()
        self._waiting: list[tuple[dict[str, Any], int]] = []
        self._updates = self._messages = 0
        self._shown: dict[tuple[int, int], list[dict[str, str]]] = {}
        self.texts: dict[tuple[int, int], str] = {}
        """What stands in each message of ours now, by chat and number. A test takes one out to delete it."""
        self._queries: set[str] = set()
        self._webhook: dict[str, Any] = {}

    def turn(self, **knob: Any) -> None:
        """Behave badly, as a `Knob` says."""
        self.knobs.append(Knob(**knob))

    def say(self, kind: str = "text", *, copies: int = 1, **what: Any) -> dict[str, Any]:
        """A person does something; returns the update as it will be delivered, perhaps in several copies at once."""
        if kind == "member":
            (self.blocked.add if what.get("status", "kicked") == "kicked" else self.blocked.discard)(what["chat"])
        return self._queue(telegram_updates.KINDS[kind](**what), copies)

    def press(self, chat: int, button: int = 0, message_id: int | None = None, data: str | None = None, **what: Any) -> dict[str, Any]:
        """A person presses a button as shown, or sends made-up `data`."""
        if message_id is None:
            message_id = max((number for shown_to, number in self._shown if shown_to == chat), default=0)
        data = data if data is not None else self._shown[chat, message_id][button]["callback_data"]
        query = f"{chat}{self._updates:09}"
        self._queries.add(query)
        copies = what.pop("copies", 1)
        return self._queue(telegram_updates.press(chat, data, message_id, query=query, **what), copies)

    def calls(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [each for each in self.accepted if each["method"] == method]

    def buttons(self, chat: int) -> list[list[str]]:
        """The labels under each message of a chat that still has any."""
        return [[each["text"] for each in row] for (shown_to, _number), row in self._shown.items() if shown_to == chat]

    def _orders(self) -> dict[str, Callable[..., object]]:
        return {"say": self.say, "press": self.press, "knobs": self.turn}

    def _told(self, does: Callable[..., object]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return JSONResponse(does(**await request.json()))

        return endpoint

    # The Bot API

    async def _call(self, request: Request) -> Response:
        parameters = await _parameters(request)
        method = request.path_params["method"]
        try:
            return await self._answer(request.path_params["token"], method, parameters)
        except ApiError as refused:
            return JSONResponse(refused.body(), refused.code)

    async def _answer(self, token: str, method: str, parameters: dict[str, Any]) -> Response:
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        knob = next((each for each in self.knobs if each.fits(method, parameters.get("chat_id"))), Knob())
        knob.times -= 1
        if knob.hang and not knob.accept:
            await self._until_the_end()
        if knob.page:
            return Response(knob.page, knob.code or 200, media_type="text/html")
        if knob.code:
            raise ApiError(knob.code, knob.description, knob.parameters)
        result = await self._do(method, parameters)
        if knob.hang:
            await self._until_the_end()
        await asyncio.sleep(knob.delay)
        return JSONResponse({"ok": True, "result": result})

    async def _do(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._get_updates(**parameters)
        known: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getFile": lambda asked: {
                "file_id": asked["file_id"],
                "file_unique_id": "u",
                "file_path": asked["file_id"],
                "file_size": len(self.files[asked["file_id"]]),
            },
            "getMe": lambda _: telegram_updates.BOT,
            "sendMessage": self._send,
            "sendDocument": self._send_document,
            "editMessageReplyMarkup": self._edit,
            "editMessageText": self._edit_text,
            "answerCallbackQuery": self._answer_query,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "setMyCommands": lambda _: True,
        }
        if method not in known:
            raise ApiError(404, "Not Found")
        return self._accept(method, parameters, known[method](parameters))

    def _accept(self, method: str, parameters: dict[str, Any], result: Any) -> Any:
        number = {"message_id": result["message_id"]} if method in {"sendMessage", "sendDocument"} else {}
        self.accepted.append({"method": method, **parameters, **number})
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(self.accepted[-1]) + "\n")
        return result

    def _send(self, asked: dict[str, Any]) -> dict[str, Any]:
        chat, text, markup = int(asked["chat_id"]), str(asked.get("text", "")).strip(), asked.get("reply_markup", {})
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not text:
            raise ApiError(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise ApiError(400, "Bad Request: message is too long")
        buttons = self._buttons(markup)
        self._messages += 1
        self.texts[chat, self._messages] = text
        if buttons:
            self._shown[chat, self._messages] = buttons
        shown = {"message_id": self._messages, "from": telegram_updates.BOT, "chat": telegram_updates.private(chat)}
        return {**shown, "date": telegram_updates.NOON, "text": text} | ({"reply_markup": markup} if buttons else {})

    def _buttons(self, markup: dict[str, Any]) -> list[dict[str, str]]:
        buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
        if any(not 1 <= len(each.get("callback_data", "url").encode()) <= 64 for each in buttons):
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
        if any(("url" in each) == ("callback_data" in each) for each in buttons):
            raise ApiError(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
        return buttons

    def _send_document(self, asked: dict[str, Any]) -> dict[str, Any]:
        caption, file = str(asked.get("caption", "")), asked["document"]
        if len(caption.encode("utf-16-le")) // 2 > 1024:
            raise ApiError(400, "Bad Request: message caption is too long")
        sent = self._send({**asked, "text": caption or "-"})
        kept = {"file_name": file["name"], "mime_type": "text/calendar", "file_id": "BQACDoc", "file_unique_id": "AgADoc"}
        return {**{key: value for key, value in sent.items() if key != "text"}, "caption": caption, "document": kept}

    def _edit_text(self, asked: dict[str, Any]) -> dict[str, Any]:
        """As the real one: other words or other buttons, of a message that is there; the buttons are those that come with it."""
        chat, number, text = int(asked["chat_id"]), int(asked["message_id"]), str(asked["text"]).strip()
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was kicked from the supergroup chat")
        if (chat, number) not in self.texts:
            raise ApiError(400, "Bad Request: message to edit not found")
        buttons = self._buttons(asked.get("reply_markup", {}))
        if (text, buttons) == (self.texts[chat, number], self._shown.get((chat, number), [])):
            raise ApiError(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
        self.texts[chat, number] = text
        self._shown.pop((chat, number), None)
        if buttons:
            self._shown[chat, number] = buttons
        shown = {"message_id": number, "from": telegram_updates.BOT, "chat": telegram_updates.private(chat)}
        return {**shown, "date": telegram_updates.NOON, "text": text}

    def _edit(self, asked: dict[str, Any]) -> dict[str, Any]:
        chat, number = int(asked["chat_id"]), int(asked["message_id"])
        if number > self._messages:
            raise ApiError(400, "Bad Request: message to edit not found")
        if self._shown.pop((chat, number), None) is None:
            raise ApiError(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
        chat_as_sent = telegram_updates.private(chat)
        return {"message_id": number, "from": telegram_updates.BOT, "chat": chat_as_sent, "date": telegram_updates.NOON, "text": "…"}

    def _answer_query(self, asked: dict[str, Any]) -> bool:
        if asked["callback_query_id"] not in self._queries:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries.discard(asked["callback_query_id"])
        return True

    def _set_webhook(self, asked: dict[str, Any]) -> bool:
        if not asked["url"].startswith(("https://", "http://127.0.0.1:")):  # the real one takes https only
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self._webhook = asked
        return True

    def _delete_webhook(self, _asked: dict[str, Any]) -> bool:
        self._webhook = {}
        return True

    # Updates

    def _queue(self, body: dict[str, Any], copies: int) -> dict[str, Any]:
        self._updates += 1
        update = {"update_id": 860_000_000 + self._updates, **body}
        self._waiting.append((update, copies))
        return update

    async def _get_updates(self, offset: int = 0, timeout: float = 0, limit: int = 100, **_more: Any) -> list[dict[str, Any]]:  # noqa: ASYNC109
        if self._webhook:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        while self._waiting and self._waiting[0][0]["update_id"] < offset:
            self._waiting.pop(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._until(lambda: bool(self._waiting))
        return [update for update, _copies in self._waiting][:limit]

    async def _post(self) -> None:
        """Post what waits to the webhook, in order, each until it is taken."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while True:
                await self._until(lambda: bool(self._webhook and self._waiting))
                if self._server.should_exit:
                    return
                if not await self._posted(client, self._webhook, *self._waiting[0]):
                    await asyncio.sleep(self.retry_every)

    async def _posted(self, client: httpx.AsyncClient, webhook: dict[str, Any], update: dict[str, Any], copies: int) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.get("secret_token", "")}
        calls = [client.post(webhook["url"], json=update, headers=headers) for _ in range(copies)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        statuses = [each.status_code if isinstance(each, httpx.Response) else 0 for each in answers]
        self.posted.extend(statuses)
        if all(200 <= status < 300 for status in statuses):
            self._waiting.pop(0)
            return True
        return False

    async def _serve(self) -> None:
        posting = asyncio.create_task(self._post())
        await self._server.serve(sockets=[self._socket])
        posting.cancel()
        with suppress(asyncio.CancelledError):
            await posting

    async def _until(self, true: Callable[[], bool]) -> None:
        while not (true() or self._server.should_exit):  # noqa: ASYNC110, another thread makes it true
            await asyncio.sleep(0.01)

    async def _until_the_end(self) -> None:
        await self._until(lambda: False)
        raise ApiError(500, "Internal Server Error: the emulator stops")


async def _parameters(request: Request) -> dict[str, Any]:
    """Parameters come in the query or as a form; what is JSON among them is read. A form with a file has several parts."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return _parts(request.headers["content-type"], await request.body())
    pairs = [*request.query_params.items(), *parse_qsl((await request.body()).decode(), keep_blank_values=True)]
    return {name: value if name in {"text", "caption", "callback_query_id", "secret_token"} else _json(value) for name, value in pairs}


def _parts(content_type: str, body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body).walk():
        name, file = part.get_param("name", header="content-disposition"), part.get_filename()
        content = part.get_payload(decode=True) if name else None
        if file:
            found["document"] = {"name": file, "content": content.decode()}
        elif name:
            found[str(name)] = content.decode() if name == "caption" else _json(content.decode())
    return found


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def main() -> None:
    options = argparse.ArgumentParser(description="Emulate Telegram's Bot API on loopback.")
    options.add_argument("--port", type=int, default=8081)
    options.add_argument("--token", default=TOKEN)
    options.add_argument("--log", type=Path, help="write every accepted call to this file, as JSON lines")
    given = options.parse_args()
    TelegramEmulator(given.token, given.log, given.port).serve()


if __name__ == "__main__":
    main()
