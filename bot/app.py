"""The web: webhooks of both providers, health, metrics, and the phone page. Built by a function, so that tests build their own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from conversations import say
from storage import people

from . import health, metrics, outbox
from .channels import twilio
from .events import links, screen
from .house import House

if TYPE_CHECKING:
    from .channels.telegram import Telegram

log = structlog.get_logger()

MOST_BYTES = 256 * 1024
"""Of one request body; both providers send a few thousand."""
TWIML = "text/xml"

Endpoint = Callable[[Request], Awaitable[Response]]


class TooLarge(Exception):
    """A body over MOST_BYTES."""


def app(house: House, *, more: list[BaseRoute] | None = None) -> Starlette:
    """The ASGI application of a house, with the routes of the channels it has."""
    web = Web(house)
    routes: list[BaseRoute] = [
        Route("/healthz", partial(health.healthz, house)),
        Route("/metrics", partial(health.metrics_page, house)),
        Route(links.PATH, partial(links.answer, house)),
        Route(screen.PATH, partial(screen.answer, house)),
    ]
    if house.settings.sms:
        routes += [
            Route("/twilio/messages", web.twilio_message, methods=["POST"]),
            Route("/twilio/status", web.twilio_status, methods=["POST"]),
            Route("/twilio/voice", web.twilio_voice, methods=["POST"]),
        ]
    if house.settings.telegram and house.settings.public_url:
        routes.append(Route("/telegram", web.telegram, methods=["POST"]))
    return Starlette(
        routes=[*routes, *(more or [])], exception_handlers={TooLarge: _too_large, ClientDisconnect: _gone, Exception: _broken}
    )


class Web:
    """What a provider's requests do. Each is answered only when what it brought is on disk."""

    def __init__(self, house: House) -> None:
        self.house = house

    # Twilio: https://www.twilio.com/docs/usage/webhooks/webhooks-security

    async def twilio_message(self, request: Request) -> Response:
        form = await self.signed_form(request)
        if form is None:
            return _refused("signature")
        try:
            received = twilio.parse(form, self.house.settings.opt_out)
        except ValueError as unusable:
            return PlainTextResponse(str(unusable), 400)
        await self.house.receive(received)
        return Response(twilio.EMPTY_TWIML, media_type=TWIML)

    async def twilio_status(self, request: Request) -> Response:
        form = await self.signed_form(request)
        if form is None:
            return _refused("signature")
        try:
            status = twilio.parse_status(form, dict(request.query_params))
        except ValueError as unusable:
            return PlainTextResponse(str(unusable), 400)
        if status is not None:
            now = self.house.now()
            await self.house.database.run(partial(outbox.report, channel="sms", status=status, now=now, house=self.house))
        return Response(status_code=204)

    async def twilio_voice(self, request: Request) -> Response:
        """Somebody rings the number: a greeting in each language of the school, then its own line."""
        form = await self.signed_form(request)
        if form is None:
            return _refused("signature")
        school = await self.house.database.run(partial(people.school_of, number=twilio.called(form)))
        if school is None:
            return Response(twilio.voice_twiml([("en", "Goodbye.")], ""), media_type=TWIML)
        import locales  # noqa: PLC0415 - only here

        greetings = [(tag, locales.render(say.greeting(school.name), tag)) for tag in school.languages if tag in locales.LANGUAGES]
        return Response(twilio.voice_twiml(greetings, school.phone), media_type=TWIML)

    async def signed_form(self, request: Request) -> dict[str, str] | None:
        """The form of a request Twilio has signed, blank values kept; None if it was not Twilio."""
        body = await _body(request)
        try:
            pairs = twilio.read_form(body)
        except ValueError:
            return None
        url = twilio.signed_url(self.house.settings.public_url, request.scope["raw_path"], request.scope["query_string"])
        ok = twilio.signature_ok(str(self.house.settings.twilio_auth_token), url, pairs, body, request.headers)
        return dict(pairs) if ok else None

    # Telegram: https://core.telegram.org/bots/api#setwebhook

    async def telegram(self, request: Request) -> Response:
        from .channels import telegram_parse  # noqa: PLC0415 - a second to import, and not everybody has it

        shown = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not telegram_parse.secret_ok(shown, str(self.house.settings.telegram_secret)):
            return _refused("secret")
        try:
            update = json.loads(await _body(request))
        except (ValueError, RecursionError):
            return PlainTextResponse("The body must be JSON.", 400)
        return await self.update(update)

    async def update(self, update: Any) -> Response:
        """One update, from the webhook or from polling. What is no update is taken all the same: Telegram would repeat it for hours."""
        from .channels import telegram_parse  # noqa: PLC0415

        channel: Telegram = self.house.channels["telegram"]  # type: ignore[assignment]
        try:
            received = telegram_parse.parse(update, channel.username)
        except ValueError as unusable:
            log.warning("update_unreadable")
            metrics.ALARMS.labels("update_unreadable").inc()
            return PlainTextResponse(str(unusable))
        if received is not None:
            await self.house.receive(received)
            if received.pressed is not None:
                await channel.answer_callback(telegram_parse.callback_id(update))
        return Response(status_code=200)


async def _body(request: Request) -> bytes:
    """The raw body, up to MOST_BYTES; more is not even read."""
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        raise TooLarge
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def _refused(why: str) -> Response:
    metrics.REFUSED.labels(why).inc()
    return PlainTextResponse("Forbidden", 403)


async def _too_large(_request: Request, _error: Exception) -> Response:
    metrics.REFUSED.labels("too large").inc()
    return PlainTextResponse("Too large", 413, headers={"connection": "close"})


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)


async def _broken(request: Request, error: Exception) -> Response:
    """Nothing happened; the provider may try again, and what it does not repeat is fetched later."""
    log.error("request_failed", path=request.url.path, error=type(error).__name__)
    metrics.ALARMS.labels("request_failed").inc()
    return JSONResponse({"error": "Something is wrong on our side."}, 500)
