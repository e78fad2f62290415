"""Twilio's REST API on loopback: it behaves as Twilio does, and can be told to behave badly.

In a test: `with TwilioEmulator() as twilio: … twilio.url …`. As a process of its own, for tests that kill things:
`python tests/emulators/twilio_emulator.py --port 8082 --log accepted.jsonl`, and then over HTTP:

POST /_knobs    {"fail_with": [[21610, 400]], "delay": 0.1}    see `Knobs`; sets those given, answers with all
POST /_inbound  {"from": "+16615550120", "body": "comida"}     somebody texts us; "webhook": post it there, signed; "copies": n at once;
                                                               "to", "media", "sid", "at" (ISO), "opt_out_type" are optional
GET  /_log                                                     everything accepted, in order
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import socket
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

if __package__:
    from .twilio_requests import ACCOUNT, OURS, TOKEN, inbound, signed_form, status
else:
    from twilio_requests import ACCOUNT, OURS, TOKEN, inbound, signed_form, status

SERVICE = "MG" + "0123456789abcdef" * 2
STOP, START = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}, {"START", "YES", "UNSTOP"}


@dataclass
class Knobs:
    """How to behave badly. Lists and counts are used up, one for each text."""

    fail_with: list[list[int]] = field(default_factory=list)
    """[code, HTTP status] or [code, HTTP status, Retry-After]; code 0 answers with a page that is no JSON."""
    accept_then_timeout: int = 0
    """Take so many texts and never answer."""
    accept_then_drop: int = 0
    """Take so many texts and break off in mid-answer."""
    accept_then_nonsense: int = 0
    """Take so many texts and answer with a page."""
    fail_lists: list[list[int]] = field(default_factory=list)
    """As `fail_with`, for each question about the list."""
    delay: float = 0.0
    """Seconds before the answer to a text."""
    status_callbacks: bool = False
    callback_statuses: list[str] = field(default_factory=lambda: ["sent", "delivered"])
    """What the callbacks of one text say, in this order."""
    callback_error: int = 0
    """The ErrorCode of a callback that says undelivered or failed."""
    duplicate_callbacks: bool = False
    callbacks_first: bool = False
    """Call back before the answer to the text."""
    carrier_keywords: bool = True
    """A text of STOP makes later ones to that number fail with 21610, until START."""
    service_numbers: list[str] = field(default_factory=lambda: [OURS])
    trial: bool = False
    """Put the trial notice before every body."""

    def set(self, **wanted: Any) -> None:
        unknown = wanted.keys() - {f.name for f in fields(self)}
        if unknown:
            raise ValueError(f"No such knob: {', '.join(sorted(unknown))}")
        for name, value in wanted.items():
            setattr(self, name, value)


class Refusal(Exception):
    def __init__(self, code: int, http: int, after: int = 0) -> None:
        super().__init__(code)
        self.code, self.http, self.after = code, http, after

    def response(self) -> Response:
        headers = {"Retry-After": str(self.after)} if self.after else {}
        if not self.code:
            return Response("<html>Bad gateway</html>", self.http, headers, media_type="text/html")
        said = f"The 'To' number +16615550199 made the emulator say {self.code}"
        body = {"code": self.code, "message": said, "more_info": f"https://www.twilio.com/docs/errors/{self.code}", "status": self.http}
        return JSONResponse(body, self.http, headers)


class TwilioEmulator:
    """`accepted` is everything that was taken: sid, to, from, service, body, and `row`, which our status callback named."""

    def __init__(self, *, log: Path | None = None, port: int = 0, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.knobs = Knobs()
        self.opted_out: set[str] = set()
        self.files: dict[str, bytes] = {}
        """What came with a text, by name."""
        self.onward = ""
        """Where a file is said to be, in place of our store."""
        self.called_back: list[int] = []
        """What our webhooks answered, in order; 0 where nobody did."""
        self.log, self.now = log, now
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._calls: set[asyncio.Task[None]] = set()
        config = uvicorn.Config(self._app(), log_level="critical", lifespan="off", loop="asyncio", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def serve(self) -> None:
        asyncio.run(self._serve())

    def forget(self) -> None:
        """As new: for tests that share one."""
        for kept in (self.accepted, self.messages, self.opted_out, self.called_back):
            kept.clear()
        self.knobs = Knobs()

    def text(self, sender: str, body: str, **more: Any) -> str:
        """Somebody texts us; the id the list has it under. No webhook is called: post `twilio_requests.inbound` for that."""
        return str(self._arrive({"from": sender, "body": body, **more})["sid"])

    async def _serve(self) -> None:
        async with httpx2.AsyncClient(trust_env=False, timeout=httpx2.Timeout(15, connect=5)) as self._http:
            await self._server.serve(sockets=[self._socket])
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    def _app(self) -> Starlette:
        messages, service = "/2010-04-01/Accounts/{account}/Messages.json", f"/v1/Services/{SERVICE}"
        return Starlette(
            routes=[
                Route(messages, self._guarded(self._post), methods=["POST"]),
                Route(messages, self._guarded(self._list), methods=["GET"]),
                Route(f"{service}/PhoneNumbers", self._guarded(self._phone_numbers)),
                Route(f"{service}/ShortCodes", self._guarded(self._short_codes)),
                Route("/2010-04-01/Accounts/{account}/Messages/{message}/Media.json", self._guarded(self._media_list)),
                Route("/2010-04-01/Accounts/{account}/Messages/{message}/Media/{name}", self._guarded(self._media)),
                Route("/2010-04-01/Accounts/{account}/Messages/{message}.json", self._guarded(self._redact), methods=["POST"]),
                Route("/_store/{name}", lambda request: Response(self.files[request.path_params["name"]])),
                Route("/_knobs", self._turn, methods=["POST"]),
                Route("/_inbound", self._inbound, methods=["POST"]),
                Route("/_log", lambda _request: JSONResponse(self.accepted)),
            ]
        )

    def _guarded(self, does: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                self._check(request)
                return await does(request)
            except Refusal as refusal:
                return refusal.response()

        return guarded

    def _check(self, request: Request) -> None:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            raise Refusal(20003, 401)
        if request.path_params.get("account", ACCOUNT) != ACCOUNT:
            raise Refusal(20404, 404)

    async def _media(self, request: Request) -> Response:
        """As Twilio does: on to a store, which asks for no credentials."""
        return Response(status_code=307, headers={"Location": self.onward or f"{self.url}/_store/{request.path_params['name']}"})

    async def _media_list(self, request: Request) -> Response:
        """One file of each message, by the message's own id."""
        sid = request.path_params["message"]
        uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{sid}.json"
        kind = "text/plain" if sid in self.files else "image/jpeg"
        return JSONResponse({"media_list": [{"content_type": kind, "parent_sid": sid, "uri": uri}], "page": 0, "page_size": 50})

    # Texts we send

    async def _post(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if self.knobs.fail_with:
            raise Refusal(*self.knobs.fail_with.pop(0))
        self._refuse(form)
        message = self._accept(form)
        if self.knobs.callbacks_first:
            await self._call_back(message, form)
        await asyncio.sleep(self.knobs.delay)
        if not self.knobs.callbacks_first:
            self._later(self._call_back(message, form))
        if self._used("accept_then_timeout"):
            return await _never(request)
        if self._used("accept_then_drop"):
            return StreamingResponse(iter([b'{"sid": "']), headers={"Content-Length": "900"})
        if self._used("accept_then_nonsense"):
            return Response("<html>Please log in to the guest network</html>")
        return JSONResponse(message, 201)

    async def _redact(self, request: Request) -> Response:
        """An empty body takes the words out; while it is on its way Twilio refuses."""
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        message = next((each for each in self.messages if each["sid"] == request.path_params["message"]), None)
        if message is None:
            raise Refusal(20404, 404)
        if form.get("Body") != "" or message["status"] in {"queued", "sending", "accepted"}:
            raise Refusal(20009, 400)
        message["body"] = ""
        return JSONResponse(message)

    def _refuse(self, form: dict[str, str]) -> None:
        if not (form.get("From") or form.get("MessagingServiceSid")):
            raise Refusal(21603, 400)
        if not form.get("Body"):
            raise Refusal(21602, 400)
        if len(form["Body"]) > 1600:
            raise Refusal(21617, 400)
        if not (form.get("To", "").startswith("+") and form["To"][1:].isdigit()):
            raise Refusal(21211, 400)
        if form["To"] in self.opted_out:
            raise Refusal(21610, 400)

    def _accept(self, form: dict[str, str]) -> dict[str, Any]:
        service = form.get("MessagingServiceSid")
        body = ("Sent from your Twilio trial account - " if self.knobs.trial else "") + form["Body"]
        message = self._record("SM" + uuid.uuid4().hex, form["To"], form.get("From"), body, service=service)
        self.messages.append(message)
        row = parse_qs(urlsplit(form.get("StatusCallback", "")).query).get("row", [""])[0]
        self._write(
            {"sid": message["sid"], "to": form["To"], "from": form.get("From"), "service": service, "body": form["Body"], "row": row}
        )
        return message

    def _write(self, entry: dict[str, Any]) -> None:
        self.accepted.append(entry)
        if self.log:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _used(self, knob: str) -> bool:
        left = getattr(self.knobs, knob)
        setattr(self.knobs, knob, max(left - 1, 0))
        return left > 0

    async def _call_back(self, message: dict[str, Any], form: dict[str, str]) -> None:
        url = form.get("StatusCallback")
        if not (url and self.knobs.status_callbacks):
            return
        sender = message["from"] or OURS
        for word in self.knobs.callback_statuses:
            code = str(self.knobs.callback_error or "") if word in {"undelivered", "failed"} else ""
            message |= {"status": word, "error_code": int(code) if code else None, "date_sent": format_datetime(self.now()), "from": sender}
            said = status(message["sid"], word, to=message["to"], sender=sender, code=code, service=message["messaging_service_sid"] or "")
            for _ in range(2 if self.knobs.duplicate_callbacks else 1):
                await self._deliver(url, said)

    async def _deliver(self, url: str, said: dict[str, str]) -> int:
        """Post a webhook as Twilio does: once more if nobody took the connection."""
        body, headers = signed_form(url, TOKEN, said)
        for _ in range(2):
            try:
                answer = (await self._http.post(url, content=body, headers=headers)).status_code
            except httpx2.HTTPError:
                answer = 0
            if answer:
                break
        self.called_back.append(answer)
        return answer

    def _later(self, call: Any) -> None:
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    # What the list says

    async def _list(self, request: Request) -> Response:
        if self.knobs.fail_lists:
            raise Refusal(*self.knobs.fail_lists.pop(0))
        asked = dict(request.query_params)
        size, page = int(asked.pop("PageSize", "50")), int(asked.pop("Page", "0"))
        token = asked.pop("PageToken", "")
        found = list(self._matching(asked))
        start = next((n + 1 for n, message in enumerate(found) if "PA" + message["sid"] == token), 0)
        shown = found[start : start + size]
        more = len(found) > start + size
        here = request.url.path
        following = {**asked, "PageSize": size, "Page": page + 1, "PageToken": "PA" + shown[-1]["sid"]} if more else None
        return JSONResponse(
            {
                "messages": shown,
                "page": page,
                "page_size": size,
                "start": start,
                "end": start + len(shown) - 1,
                "uri": f"{here}?{urlencode(request.query_params)}",
                "first_page_uri": f"{here}?{urlencode({**asked, 'PageSize': size, 'Page': 0})}",
                "next_page_uri": f"{here}?{urlencode(following)}" if following else None,
                "previous_page_uri": None,
            }
        )

    def _matching(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Newest first. A text still in the queue has no DateSent, so that filter leaves it out."""
        for message in reversed(self.messages):
            if asked.get("To", message["to"]) != message["to"] or asked.get("From", message["from"]) != message["from"]:
                continue
            if "DateSent>" not in asked or (
                message["date_sent"] and _date(message["date_sent"]) >= datetime.fromisoformat(asked["DateSent>"])
            ):
                yield message

    async def _phone_numbers(self, _request: Request) -> Response:
        return _service_page(
            "phone_numbers", [{"sid": f"PN{n:032x}", "phone_number": number} for n, number in enumerate(self.knobs.service_numbers)]
        )

    async def _short_codes(self, _request: Request) -> Response:
        return _service_page("short_codes", [])

    # Texts people send

    async def _turn(self, request: Request) -> Response:
        try:
            self.knobs.set(**await request.json())
        except (TypeError, ValueError) as error:
            return Response(str(error), 400)
        return JSONResponse(asdict(self.knobs))

    async def _inbound(self, request: Request) -> Response:
        """Somebody texts us: it is in the list, and posted to "webhook" if given."""
        what = await request.json()
        message = self._arrive(what)
        more = {"OptOutType": what["opt_out_type"]} if "opt_out_type" in what else {}
        said = inbound(message["sid"], message["from"], message["body"], to=message["to"], media=int(message["num_media"]), **more)
        calls = [self._deliver(what["webhook"], said) for _ in range(what.get("copies", 1))] if "webhook" in what else []
        return JSONResponse({"sid": message["sid"], "answers": await asyncio.gather(*calls)})

    def _arrive(self, what: dict[str, Any]) -> dict[str, Any]:
        media, at = what.get("media", 0), datetime.fromisoformat(what["at"]) if "at" in what else self.now()
        sid = what.get("sid") or ("MM" if media else "SM") + uuid.uuid4().hex
        message = self._record(sid, what.get("to", OURS), what["from"], what["body"], at=at, inbound=True, media=media)
        self.messages.append(message)
        word = what["body"].strip().upper()
        if self.knobs.carrier_keywords and word in STOP | START:
            (self.opted_out.add if word in STOP else self.opted_out.discard)(what["from"])
        return message

    def _record(self, sid: str, to: str, sender: str | None, body: str, **more: Any) -> dict[str, Any]:
        arrived = more.get("inbound", False)
        created = format_datetime(more.get("at") or self.now())
        uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json"
        return {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": created,
            "date_sent": created if arrived else None,
            "date_updated": created,
            "direction": "inbound" if arrived else "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": sender,
            "messaging_service_sid": more.get("service"),
            "num_media": str(more.get("media", 0)),
            "num_segments": "1" if sender else "0",
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "received" if arrived else "accepted" if more.get("service") else "queued",
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
            "to": to,
            "uri": uri,
        }


def _date(text: str) -> datetime:
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z")


def _service_page(key: str, found: list[dict[str, Any]]) -> Response:
    meta = {"page": 0, "page_size": 50, "first_page_url": None, "previous_page_url": None, "next_page_url": None, "url": None, "key": key}
    return JSONResponse({key: found, "meta": meta})


async def _never(request: Request) -> Response:
    """No answer until the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Twilio's REST API on loopback.")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--log", type=Path, help="append what is accepted to this file, a line of JSON each")
    given = arguments.parse_args()
    emulator = TwilioEmulator(log=given.log, port=given.port)
    print(emulator.url, flush=True)  # noqa: T201 (the one who started it reads the port here)
    emulator.serve()


if __name__ == "__main__":
    main()
