"""Providers that misbehave by chance, and note to whom: what they took without saying so, or refused without a clear word.

The chances are drawn from a seed; in which order requests come is up to the processes.
"""

import asyncio
from math import inf
from random import Random
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from .telegram_emulator import ApiError, Knob, TelegramEmulator
from .twilio_emulator import TwilioEmulator

CHANCES = {
    "too fast": 0.003,
    "error": 0.01,
    "page": 0.005,
    "hangs up": 0.005,
    "takes it and times out": 0.003,
    "takes it and breaks off": 0.005,
    "takes it and talks nonsense": 0.005,
    "slow": 0.03,
}
SLOWEST = 2.0
"""Seconds until the answer, or until a callback."""


def moods(seed):
    """What the next request meets; "" where it is treated as it should be."""
    random, names = Random(seed), list(CHANCES)
    weights = [*CHANCES.values(), 1 - sum(CHANCES.values())]
    while True:
        yield random.choices([*names, ""], weights)[0]


class MoodyTwilio(TwilioEmulator):
    """Callbacks come late, doubled and in any order, before the answer and after it."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.moods, self.random = moods(seed), Random(seed)
        self.met: list[str] = []
        self.knobs.set(status_callbacks=True)

    async def _post(self, request: Request) -> Response:
        mood = next(self.moods)
        self.met.append(mood)
        match mood:
            case "too fast":
                self.knobs.fail_with.append([20429, 429, 1])
            case "error":
                self.knobs.fail_with.append([20500, 500])
            case "page":
                self.knobs.fail_with.append([0, 502])
            case "hangs up":
                await request.body()
                return StreamingResponse(iter([b'{"']), headers={"Content-Length": "900"})
            case "takes it and times out":
                self.knobs.accept_then_timeout += 1
            case "takes it and breaks off":
                self.knobs.accept_then_drop += 1
            case "takes it and talks nonsense":
                self.knobs.accept_then_nonsense += 1
        answer = await super()._post(request)
        if mood == "slow":
            await asyncio.sleep(self.random.uniform(0, SLOWEST))
        return answer

    async def _call_back(self, message, form):
        words = ["sent", "delivered"] * self.random.choice([1, 1, 2])
        if self.random.random() < 0.3:
            self.random.shuffle(words)
        await asyncio.sleep(self.random.choice([0, 0, 0, SLOWEST]))
        self.knobs.callback_statuses = words
        await super()._call_back(message, form)


class MoodyTelegram(TelegramEmulator):
    """`puzzled` are the chats about which it left us in doubt, `met_at` when each request to send came and when it was answered."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.moods, self.random = moods(seed), Random(seed)
        self.met: list[str] = []
        self.puzzled: set[int] = set()
        self.met_at: dict[int, list[tuple[float, float]]] = {}

    def under_way(self, since: float, until: float) -> set[int]:
        """Chats of requests to send that had come by `until` and were not answered before `since`."""
        met = self.met_at.copy()
        return {chat for chat, times in met.items() if any(came <= until and answered >= since for came, answered in tuple(times))}

    async def _answer(self, token: str, method: str, parameters: dict) -> Response:
        if method != "sendMessage":
            return await super()._answer(token, method, parameters)
        times, came = self.met_at.setdefault(int(parameters["chat_id"]), []), monotonic()
        times.append((came, inf))
        try:
            return await self._treated(token, method, parameters)
        finally:
            times.remove((came, inf))
            times.append((came, monotonic()))

    async def _treated(self, token: str, method: str, parameters: dict) -> Response:
        mood = next(self.moods)
        self.met.append(mood)
        if mood and mood not in {"too fast", "slow"}:
            self.puzzled.add(int(parameters["chat_id"]))
        match mood:
            case "too fast":
                raise ApiError(429, "Too Many Requests: retry after 1", {"retry_after": 1})
            case "error" | "hangs up":
                raise ApiError(500, "Internal Server Error")
            case "page":
                return Response("<html>Bad gateway</html>", 502, media_type="text/html")
            case "takes it and times out":
                self.knobs.insert(0, Knob(chat=parameters["chat_id"], hang=True, accept=True))
            case "takes it and talks nonsense" | "takes it and breaks off":
                await super()._answer(token, method, parameters)
                return StreamingResponse(iter([b'{"ok": tr']), headers={"Content-Length": "900"})
        answer = await super()._answer(token, method, parameters)
        if mood == "slow":
            await asyncio.sleep(self.random.uniform(0, SLOWEST))
        return answer
