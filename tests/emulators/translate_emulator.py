"""A LibreTranslate server on loopback: POST /translate, and what it was asked. It can be told to behave badly.

In a test: `with TranslateEmulator() as machine: … machine.url …`. https://docs.libretranslate.com/
"""

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class TranslateEmulator:
    key: str = ""
    """What it asks for, if anything."""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    """Status and body of the next answers; after them it translates."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        emulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                emulator.asked.append({"path": self.path, **body})
                status, said = emulator.answer(body)
                text = said if isinstance(said, str) else json.dumps(said)
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("content-type", "application/json")
                    self.end_headers()
                    self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, body: dict[str, Any]) -> tuple[int, Any]:
        if self.answers:
            return self.answers.pop(0)
        if self.key and body.get("api_key") != self.key:
            return 403, {"error": "Invalid API key"}
        return 200, {"translatedText": f"[{body['target']}] {body['q']}"}
