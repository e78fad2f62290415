"""Our web as `platica serve` runs it, without the deliverers: rows are written, and nobody is texted. Run as a server of its own."""

from __future__ import annotations

import uvicorn
import uvloop

from bot import app, serving
from bot import settings as settings_module


async def serve() -> None:
    settings = settings_module.load()
    async with serving.running(settings) as house:
        config = uvicorn.Config(
            app.app(house), settings.host, settings.port, log_config=None, access_log=False, lifespan="off", http="httptools"
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(serve())
