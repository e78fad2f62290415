"""Play a transcript: a conversation as it should go, in plain text.

The first line says what is shown. Then: `Name: what they text`, `Name: [what the button says]`,
`Name: [what the button says] of a word in the first line above it`, `Bot:  what we answer`
(further lines indented), `Bot to Name:  …` when somebody else gets it, or a stage direction in parentheses, of a closed
list. Each line goes through the real inbox, outbox and clock; each screen through the database.
"""

import re
import tempfile
from pathlib import Path

import play_announcements
import play_events
import play_replies
import play_results
import play_surveys
from sqlalchemy import update
from sqlmodel import col

from bot.channels.base import Received, button
from bot.clock import Clock
from bot.house import House
from bot.rendering import Rendered, rows
from storage import outbox, people
from storage.roster import importing
from storage.sealing import in_use
from storage.tables import Address, Kind

SPOKEN = re.compile(r"^(\w+):\s+(.*)$")
STAGE = re.compile(r"^\((.*)\)$")
INDENT = " " * 6
CODE = re.compile(r"\d{6}(?=:)")
"""Of the second factor: another one each time. `{code}` in a line is the newest."""
STAFF = {"Coordinator": "+16615550100", "Liaison": "+16615550110"}
FAMILIES = ["+16615550180", "+16615550181", "+16615550182", "+16615550183"]
"""Numbers of nobody in the sample school: strangers, until they join."""
SENDS = {
    "sends a photo": {"media": True},
    "shares a location in Lamont": {"location": (35.2597, -118.9143)},
    "shares a location in the ocean": {"location": (30.0, -140.0)},
    "blocks the bot": {"left": True},
    "unblocks the bot": {"left": False},
    "comes by the school's link": {"text": "/start", "start_with": "MESA"},
}
"""Stage directions that are a message of somebody's."""
LATER = {
    "some minutes pass": {"minutes": 5},
    "it is ten past two at night": {"hours": 14, "minutes": 10},
    "a day of silence": {"days": 1, "minutes": 1},
    "half a minute passes": {"seconds": 10},
    "two days of silence": {"days": 2, "minutes": 5},
    "five days of silence": {"days": 5},
    "eight days of silence": {"days": 8},
    "three months of silence": {"days": 91},
}
"""Stage directions that are time, and the clock's part in it."""


class Stage:
    """A house, and the people of one transcript in front of it."""

    def __init__(self, house: House, channel: str) -> None:
        self.door = ""  # `{door}` in a line: the code that hangs there
        self.house, self.channel = house, channel
        self.cast = {}
        self.heard = {}
        self.apps = {}
        self.messages = 0

    async def perform(self, script: str) -> str:
        """The script as it is played now: the people's lines and stage directions kept, the bot's replaced."""
        played = []
        for n, line in enumerate(script.splitlines()):
            if line.startswith(("Bot:", "Bot to ", INDENT)):
                continue
            played.append(line)
            if n == 0 or not line.strip():
                continue
            if stage := STAGE.match(line):
                speaker = await self.direct(stage[1])
                if isinstance(speaker, list):  # played before time went on
                    played.extend(speaker)
                    continue
            elif spoken := SPOKEN.match(line):
                speaker = spoken[1]
                await self.says(speaker, spoken[2])
            else:
                raise ValueError(f"neither spoken nor a stage direction: {line}")
            played.extend(self.answers(speaker))
        return "\n".join(played) + "\n"

    def address(self, name):
        """A number or chat for each name; the staff have the sample school's."""
        if name not in self.cast:
            number = STAFF.get(name) or FAMILIES[sum(each not in STAFF for each in self.cast)]
            self.cast[name] = (
                self.channel if name not in STAFF else "sms",
                number if self.channel == "sms" or name in STAFF else number[-6:],
            )
        return self.cast[name]

    async def says(self, name, text="", **more):
        channel, address = self.address(name)
        self.house.now.forward(seconds=20)
        self.messages += 1
        if pressed := re.fullmatch(r"\[(.*)\](?: of (\w+))?", text):
            more, text = {**more, "pressed": self.button(channel, address, pressed[1], pressed[2] or "")}, ""
        text = text.replace(" ⏎ ", "\n").replace("{code}", self.code()).replace("{door}", self.door)
        self.last = Received(channel, f"m{self.messages}", address, text, language=self.apps.get(name, ""), **more)
        await self.house.receive(self.last)
        await self.house.settled()

    def code(self):
        """The newest six digits that anybody was texted."""
        said = [handoff.message.text for carrier in self.house.channels.values() for handoff in carrier.accepted]
        return next((found[0] for text in reversed(said) if (found := CODE.search(text))), "")

    def button(self, channel, address, label, under=""):
        """The newest button of that label on their screen; of those under a list, if it is named."""
        for handoff in reversed(self.house.channels[channel].accepted):
            for shown, data in handoff.message.buttons if handoff.address == address else ():
                if shown == label and under in handoff.message.text.split("\n")[0].casefold():
                    return button(data)
        raise ValueError(f"no button says {label}")

    async def direct(self, stage):  # noqa: C901 - a closed list
        """Do what a stage direction says; who is looked at then."""
        name, did = stage.split(" ", 1)
        if await play_replies.direct(self, name, did) or await play_results.direct(self, name, did):
            return None
        if did in SENDS:
            await self.says(name, **SENDS[did])
            return name
        if stage in LATER:
            self.house.now.forward(**LATER[stage])
            await Clock(self.house).tick()
            await self.house.settled()
            return None
        match did:
            case "bot is restarted":
                pass  # nothing is kept in memory: each line reads its screen from the database
            case "same message arrives again":
                await self.house.receive(self.last)
                await self.house.settled()
            case "has an app in Spanish" | "has an app in English":
                self.apps[name] = "es-MX" if did.endswith("Spanish") else "en-US"
            case "has linked a phone and a chat":
                await self.linked(name)
            case "speaks Spanish" | "speak Spanish" | "speaks English" | "speak English":
                await self.speaks(name, "es" if did.endswith("Spanish") else "en")
            case "is on the list the school has imported":
                await self.imported(name)
            case "gets a note from the school":
                await self.note(name)
                return name
            case _:
                return await self.elsewhere(name, did)
        return None

    async def elsewhere(self, name, did):
        """A direction of one area of its own; what was heard, where time has gone on since."""
        if not (done := await play_events.direct(self, name, did) or await play_surveys.direct(self, name, did)):
            await play_announcements.direct(self, name, did)
        return done if isinstance(done, list) else ""

    async def speaks(self, name, language):
        """A stranger whose language we happen to know."""

        def write(connection):
            known = people.meet(connection, *self.address(name), self.house.now())
            people.set_language(connection, known, language, guessed=False)

        await self.house.database.run(write)

    async def linked(self, name):
        """The same person on the other channel."""
        other = ("telegram", "700190") if self.channel == "sms" else ("sms", "+16615550189")

        def write(connection):
            known = people.at(connection, *self.address(name))
            people.meet(connection, *other, self.house.now())
            also = update(Address).where(col(Address.lookup) == in_use().lookup(other[1]))
            connection.execute(also.values(person_id=known.person_id))

        await self.house.database.run(write)

    async def imported(self, name):
        """Their number comes in a file; the clock introduces them."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.csv"
            path.write_text(f"Parent Cell\n{self.address(name)[1]}\n", encoding="utf-8")
            roster = importing.read(path)
            now = self.house.now()
            await self.house.database.run(lambda connection: importing.apply(connection, roster, importing.Into("MESA"), now))
        self.house.now.forward(minutes=20)
        await Clock(self.house).tick()
        await self.house.settled()
        self.house.now.forward(minutes=5)

    async def note(self, name):
        """Something we start reaches a screen, as an announcement would."""

        def write(connection):
            known = people.at(connection, *self.address(name))
            said = Rendered("Mesa Verde Elementary: no school on Monday.")
            outbox.write(connection, rows(known, Kind.NUDGE, said, self.house.now()))

        self.house.now.forward(minutes=5)
        await self.house.database.run(write)
        await self.house.settled()
        await self.house.settled()  # what takes its place leaves next

    def answers(self, speaker):
        """What everybody has heard since the last line."""
        lines = []
        for channel, carrier in self.house.channels.items():
            names = {(where, address): name for name, (where, address) in self.cast.items()}
            new = carrier.accepted[self.heard.get(channel, 0) :]
            self.heard[channel] = len(carrier.accepted)
            for handoff in new:
                name = names.get((channel, handoff.address)) or next((n for n, a in STAFF.items() if a == handoff.address), "somebody")
                first, *more = CODE.sub("000000", handoff.message.text).split("\n")
                lines.append(f"Bot:  {first}" if name == speaker or speaker is None else f"Bot to {name}:  {first}")
                lines.extend(INDENT + line for line in more)
                if handoff.message.buttons:
                    lines.append(INDENT + " ".join(f"[{label}]" for label, _data in handoff.message.buttons))
                if handoff.message.file is not None:
                    lines.append(f"{INDENT}(with the file {handoff.message.file.name})")
                if handoff.message.ask_location:
                    lines.append(f"{INDENT}[{handoff.message.ask_location}]")
        return lines
