"""What families write back: answered from the announcement, or by a person; and never a liaison's words to the wrong family."""

import re
import shutil
from datetime import time
from functools import partial

import pytest
from conftest import Carrier, Office
from conftest import Clock as Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from play_replies import announced, forward_to

from bot import members
from bot.clock import Clock
from bot.settings import Settings
from conversations.replies.asking import Asks
from locales import asking
from storage import holding, people
from storage.database import open_database

ROSA, LUPE, ANA = "+16615550150", "+16615550151", "+16615550152"
COORDINATOR, LIAISON, OTHER = "+16615550100", "+16615550110", "+16615550111"
NIGHT = "Mesa Verde: Noche Familiar jueves 3 de diciembre, 5:30pm a 7pm, en el gimnasio. Hay cena."
WAITS = "Su pregunta le llego"


async def joins(house, address, language="2"):
    await house.hears("MESA", address)
    await house.hears(language, address)


async def gets(house, address, body=NIGHT, **more):
    house.now.forward(minutes=1)
    number = await house.database.run(partial(announced, house, ("sms", address), body, **more))
    await house.settled()
    return number


async def family(house, *addresses, body=NIGHT, **more):
    for address in addresses:
        await joins(house, address)
        await gets(house, address, body, **more)


async def threads(house):
    return await house.run("SELECT id, urgent, assigned_to, answered_at, closed_at FROM thread ORDER BY id")


# Questions answered from the announcement


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("a qué hora es?", Asks.HOUR),
        ("A QUE HORAS EMPIEZA", Asks.HOUR),
        ("cuando es la noche familiar?", Asks.WHEN),
        ("que dia es", Asks.WHEN),
        ("donde va a ser", Asks.PLACE),
        ("a que hora termina?", Asks.END),
        ("hasta que hora", Asks.END),
        ("hola, donde es por favor", Asks.PLACE),
        ("when", Asks.WHEN),
        ("where is it?", Asks.PLACE),
        ("what time does it end", Asks.END),
        ("cuando puedo llevar el papel azul", None),
        ("donde dejo a mi bebe mientras", None),
        ("si, vamos", None),
        ("", None),
    ],
)
def test_only_a_question_about_it_is_one(text, asks):
    """What else is asked in the same breath is for a person: a date is no answer to it."""
    assert asks == asking.asked(text, NIGHT)


async def test_what_its_author_noted_is_the_answer(house):
    """The day and the hour come from the facts of the announcement, in the words of their language."""
    about = {"date": "2026-12-03", "time": "17:30", "ends": "19:00", "place": "the gym"}
    await family(house, ROSA, body="Mesa Verde: Noche Familiar en el gimnasio.", about=about)

    texts = [await house.hears(text, ROSA) for text in ("cuando es?", "a que hora es", "a que hora termina", "donde es")]

    assert [
        ["Sobre «Mesa Verde: Noche Familiar en el gimnas…»: jue, 3 dic, 5:30pm"],
        ["Sobre «Mesa Verde: Noche Familiar en el gimnas…»: 5:30pm"],
        ["Sobre «Mesa Verde: Noche Familiar en el gimnas…»: hasta las 7pm"],
        ['De nuestro ultimo mensaje: "Mesa Verde: Noche Familiar en el gimnasio."'],
    ] == texts


async def test_the_last_announcement_answers(house):
    """Of two, the one they got last is meant; after three days neither is."""
    await family(house, ROSA)
    await gets(house, ROSA, "Mesa Verde: la junta es el lunes a las 9am en la biblioteca.")

    assert ['De nuestro ultimo mensaje: "Mesa Verde: la junta es el lunes a las 9am en la biblioteca."'] == await house.hears(
        "donde es", ROSA
    )

    house.now.forward(hours=73)
    assert "no le entiendo" in (await house.hears("donde es", ROSA))[0]
    assert [] == await threads(house)


async def test_what_the_text_does_not_say_is_asked_of_a_person(house):
    """We never guess when or where."""
    await family(house, ROSA, body="Mesa Verde: hay cena para todas las familias.")

    assert (await house.hears("a que hora es?", ROSA))[0].startswith(WAITS)
    assert 1 == len(await threads(house))


# To a person


async def test_thanks_and_ok_are_left_alone(house):
    """Nobody is texted back for a thank you, and no liaison reads it."""
    await family(house, ROSA)

    assert [[], [], [], []] == [await house.hears(text, ROSA) for text in ("ok", "gracias", "👍", "muchas gracias!")]
    assert [] == await threads(house)


async def test_words_in_pieces_are_one_thread(house):
    """One thread a family; who goes on writing is not told the same again and again."""
    await family(house, ROSA)

    first = await house.hears("puede venir mi suegra", ROSA)
    second = await house.hears("ella viene de lejos", ROSA)
    house.now.forward(minutes=16)
    third = await house.hears("y mi vecina", ROSA)

    assert [1, 0, 1] == [len(first), len(second), len(third)]
    assert 1 == len(await threads(house))


async def test_a_stranger_without_an_announcement_is_no_reply(house):
    """Words that answer nothing of ours are not understood, and nobody's inbox fills up."""
    await joins(house, ROSA)

    assert "no le entiendo" in (await house.hears("puede venir mi suegra", ROSA))[0]
    assert [] == await threads(house)


async def test_a_need_is_served_as_always(house):
    """Food is found, whatever was announced."""
    await family(house, ROSA)

    assert "Comida" in (await house.hears("comida", ROSA))[0]
    assert [] == await threads(house)


async def test_nobody_who_could_answer_is_not_promised(house):
    """Where no staff can read it, the family hears the school's number and no promise."""
    await family(house, ROSA)
    await house.run("DELETE FROM membership WHERE role NOT IN ('family', 'staff') RETURNING id")

    assert "661-555-0100" in (await house.hears("puede venir mi suegra", ROSA))[0]
    assert [] == await threads(house)


async def test_three_digests_a_day(house):
    """Somebody at work hears of it at half past eight, twelve and four, once, and the next morning again if nobody has answered."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    told = []
    for at in (time(16, 0), time(16, 30), time(20, 0), time(8, 29), time(8, 30), time(12, 30)):
        await forward_to(house, at)
        told.append(len(house.channels["sms"].texts_to(LIAISON)))

    assert [1, 1, 1, 1, 2, 2] == told
    assert "Todavía esperan: R1." in house.channels["sms"].texts_to(LIAISON)[1]


@pytest.mark.parametrize(
    ("body", "text"), [(NIGHT, "quien recoge a mi hija ahora"), ("Mesa Verde: junta hoy 2pm en el salon 4.", "puedo entrar por atras")]
)
async def test_what_cannot_wait_does_not(house, body, text):
    """Now and today, and whatever is about something that begins within three hours."""
    await family(house, ROSA, body=body)
    await house.hears(text, ROSA)
    await Clock(house).tick()
    await house.settled()

    assert "Urgente" in house.channels["sms"].texts_to(LIAISON)[0]


async def test_at_night_nobody_at_work_is_woken(house):
    """An urgent question of the night is told at six."""
    await family(house, ROSA)
    await forward_to(house, time(23, 0))
    await house.hears("hay clases hoy en la manana con la nieve", ROSA)
    await Clock(house).tick()
    await forward_to(house, time(5, 59))
    before = len(house.channels["sms"].texts_to(LIAISON))
    await forward_to(house, time(6, 0))

    assert (0, 1) == (before, len(house.channels["sms"].texts_to(LIAISON)))


async def test_her_own_language_first(house):
    """A translator of the family's language is asked before the others; without one, any liaison, then the coordinator."""
    await family(house, ROSA)
    await works(house, OTHER, "liaison", "en")
    await house.hears("puede venir mi suegra", ROSA)
    (row,) = await house.run("SELECT assigned_to FROM thread")
    (spanish,) = await house.run("SELECT person_id FROM address WHERE address = :who", who=LIAISON)

    assert spanish.person_id == row.assigned_to


async def works(house, address, role, language):
    await house.database.run(partial(members.add, address=address, role=role, keyword="MESA", language=language))


async def test_away_passes_on(house):
    """What waits for a liaison who is away goes to the next, until the day she named."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    await house.hears("ausente hasta el lunes", LIAISON)
    await forward_to(house, time(16, 30))

    assert 1 == len(house.channels["sms"].texts_to(COORDINATOR))

    house.now.forward(days=5)
    await house.hears("y mi vecina", ROSA)
    await house.hears("STOP", COORDINATOR)
    await forward_to(house, time(16, 30))
    assert "R1" in house.channels["sms"].texts_to(LIAISON)[-1]


@pytest.mark.parametrize("text", ["away game on Friday, please bring coats", "no estoy segura"])
async def test_a_sentence_is_no_order(house, text):
    """Who only begins like AWAY goes nowhere."""
    await house.hears(text, LIAISON)

    assert [] == await house.run("SELECT person_id FROM absence")


# The promises of STOP, of erasing, of danger


async def test_stop_closes_the_thread(house):
    """After STOP a liaison's words do not leave; what they ask of their own accord afterwards has a new thread, and is answered."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    await house.hears("STOP", ROSA)
    after_stop = await house.hears("R1 claro que si", LIAISON)
    await house.hears("puede venir mi tia", ROSA)
    await house.hears("R2 claro que si", LIAISON)

    assert "R1 esta cerrado" in after_stop[0]
    assert ["claro que si"] == [text.split(": ")[-1] for text in house.channels["sms"].texts_to(ROSA) if "claro" in text]


async def test_stop_before_it_left(house):
    """Words that were on their way out when STOP came stay here."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    await house.database.run(
        lambda connection: (
            __import__("bot.replies.desk", fromlist=["Desk"])
            .Desk(connection, people.at(connection, "sms", LIAISON), house.now())
            .send(1, "claro que si")
        )
    )
    await house.hears("STOP", ROSA)

    assert not any("claro" in text for text in house.channels["sms"].texts_to(ROSA))
    assert [("skipped", "stopped")] == await house.run("SELECT state, reason FROM outbox WHERE thread_id = 1")


async def test_erased_is_erased(house):
    """Whoever is erased has no thread, and its number is never another family's."""
    await family(house, ROSA, LUPE)
    await house.hears("puede venir mi suegra", ROSA)
    await house.database.run(lambda connection: holding.forget(connection, people.at(connection, "sms", ROSA), house.now(), how="a test"))
    await house.hears("puede venir mi tia", LUPE)

    assert [2] == [row.id for row in await threads(house)]
    assert "No hay R1" in (await house.hears("R1 hola", LIAISON))[0]


async def test_danger_goes_the_way_of_danger(house):
    """Words of danger are answered with 988, and no thread carries them."""
    await family(house, ROSA)
    said = await house.hears("me quiero morir", ROSA)

    assert "988" in said[0]
    assert [] == await threads(house)


async def test_a_family_gives_no_orders(house):
    """R1 of a family is what a family writes."""
    await family(house, ROSA, LUPE)
    await house.hears("puede venir mi suegra", ROSA)
    await house.hears("R1 no venga", LUPE)

    assert not any("no venga" in text for text in house.channels["sms"].texts_to(ROSA))


async def test_a_liaison_of_another_school_reads_nothing(house):
    """A number is no key: only the school's own liaisons see a thread, and none whose phone is locked."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    await works(house, OTHER, "staff", "es")

    assert "No hay R1" in (await house.hears("R1", OTHER))[0]


async def test_what_was_shown_is_logged(house):
    """Who reads what a family wrote stands in the log."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    await house.hears("R1", LIAISON)

    assert [("read a thread", "shown")] == await house.run("SELECT action, outcome FROM audit")


async def test_after_thirty_days_nothing_is_left(house):
    """A thread goes with its words."""
    await family(house, ROSA)
    await house.hears("puede venir mi suegra", ROSA)
    house.now.forward(days=31)
    await Clock(house).tick()

    assert [] == await threads(house)


# Never to the wrong family


async def test_an_answer_by_number_leaves_the_question_open(house):
    """Who is asked for whom her words are, and answers another family first, is asked again; her yes goes to the family it names."""
    await family(house, ROSA, LUPE)
    await house.hears("puede venir mi suegra", ROSA)
    await forward_to(house, time(16, 30))
    await house.hears("ella es bienvenida", LIAISON)
    await house.hears("puede venir mi tia", LUPE)

    assert ["Enviado a R2.", '¿Mandar "ella es bienvenida" a R1'] == [
        line.split(" (")[0] for line in "\n".join(await house.hears("R2 hoy no", LIAISON)).splitlines()
    ]
    assert ["Enviado a R1."] == await house.hears("1", LIAISON)
    assert [["ella es bienvenida"], ["hoy no"]] == [
        [text.split("escuela: ")[1] for text in house.channels["sms"].texts_to(each) if "escuela: " in text] for each in (ROSA, LUPE)
    ]


FAMILIES = (ROSA, LUPE, ANA)
STAFF = (COORDINATOR, LIAISON, OTHER)
MOVES = st.one_of(
    st.tuples(st.just("asks"), st.sampled_from(FAMILIES)),
    st.tuples(st.just("answers"), st.sampled_from(STAFF), st.integers(1, 6)),
    st.tuples(st.just("says"), st.sampled_from(STAFF)),
    st.tuples(st.just("says"), st.sampled_from(STAFF), st.sampled_from(["1", "2", "3", "4"])),
    st.tuples(st.just("picks"), st.sampled_from(STAFF), st.sampled_from(["1", "2", "3", "4", "yes", "si", "no"])),
    st.tuples(st.just("picks"), st.sampled_from(STAFF), st.sampled_from(["1", "2", "1"])),
    st.tuples(st.just("looks"), st.sampled_from(STAFF), st.integers(1, 6)),
    st.tuples(st.just("lists"), st.sampled_from(STAFF)),
    st.tuples(st.just("stops"), st.sampled_from(FAMILIES)),
    st.tuples(st.just("away"), st.sampled_from(STAFF)),
    st.tuples(st.just("hours"), st.sampled_from([1, 5, 20])),
)


class Town:
    """Three families and three who answer them. Every answer carries a word of its own, by which it is found again."""

    def __init__(self, house):
        self.house, self.words = house, 0
        self.meant = {}
        """Word and the family it was written for: by number, or by what was chosen on the screen that quoted it."""
        self.asked = {}
        """Staff and what stands on their screen: the word it quotes, and the options."""

    async def owner(self, number):
        rows = await self.house.run("SELECT address_id, thread.id FROM thread WHERE thread.id = :n", n=number)
        found = await self.house.database.run(lambda c: [people.by_address_id(c, row.address_id) for row in rows])
        return found[0].address if found else None

    async def hears(self, text, address):
        self.house.now.forward(seconds=70)
        return "\n".join(await self.house.hears(text, address))

    async def number(self, n):
        """The number of one of the threads there are."""
        rows = await self.house.run("SELECT id FROM thread ORDER BY id")
        return rows[n % len(rows)].id

    def word(self):
        self.words += 1
        return f"palabra{self.words}x"

    async def move(self, what, who, *more):
        match what:
            case "asks":
                await self.hears(f"puede venir {self.word()}", who)
            case "answers":
                await self.answers(who, await self.number(more[0]))
            case "says":
                await self.says(who, *more)
            case "picks":
                await self.picks(who, more[0])
            case "looks":
                self.note(who, await self.hears(f"R{await self.number(more[0])}", who))
            case "lists":
                self.note(who, await self.hears("hilos", who))
            case "stops":
                await self.hears("STOP", who)
                await self.hears("START", who)
            case "away":
                self.note(who, await self.hears("ausente", who))
                self.note(who, await self.hears("ya volvi", who))
            case "hours":
                self.house.now.forward(hours=who)
                await Clock(self.house).tick()
                await self.house.settled()

    async def answers(self, who, number):
        """By the number of a thread; the word by which it is found again."""
        word = self.word()
        self.meant[word] = {await self.owner(number)}
        self.note(who, await self.hears(f"R{number} {word} bienvenida", who))
        return word

    async def says(self, who, *answers):
        """To no family yet; then what she answers to the question for which."""
        word = self.word()
        self.meant[word] = set()
        self.note(who, await self.hears(f"{word} bienvenida sea", who))
        for answer in answers:
            await self.picks(who, answer)

    def note(self, who, said):
        """A question that quotes a word of hers: what choosing would mean."""
        if quoted := re.search(r'(?:Mandar|Send|familia es|family is) ["«](palabra\d+x)', said):
            numbers = re.findall(r"\bR(\d+) \(", said[quoted.end() :])
            self.asked[who] = (quoted[1], [int(each) for each in numbers])

    async def picks(self, who, answer):
        """What a person would have understood who reads the screen: the words and the family named in the last question."""
        word, numbers = self.asked.pop(who, ("", []))
        index = {"yes": 0, "si": 0}.get(answer, int(answer) - 1 if answer.isdecimal() else -1)
        if 0 <= index < len(numbers):
            self.meant.setdefault(word, set()).add(await self.owner(numbers[index]))
        self.note(who, await self.hears(answer, who))

    def wrong(self):
        """Words of staff that reached a family they were not written for."""
        sent = [
            (family, word)
            for family in FAMILIES
            for text in self.house.channels["sms"].texts_to(family)
            for word in self.meant
            if word in text
        ]
        return [(family, word) for family, word in sent if family not in self.meant[word]]


@pytest.fixture
def anew(request, engine_name, database_url):
    """Opens a house as every test finds it, again and again: no question and no number of the one before is left."""
    again = request.getfixturevalue("postgres_again" if engine_name == "postgresql" else "sqlite_template")
    opened = []

    def house():
        close()
        if engine_name == "postgresql":
            again.restore()
        else:
            shutil.copy(again, database_url.removeprefix("sqlite:///"))
        opened.append(open_database(database_url))
        channels = {"sms": Carrier("sms"), "telegram": Carrier("telegram", taps=True)}
        return Office(Settings(database_url=database_url), opened[0], channels, now=Time())

    def close():
        while opened:
            opened.pop().close()

    yield house
    close()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, min_size=10, max_size=24))
async def test_never_to_the_wrong_family(anew, moves):
    """Whatever is asked, answered, chosen, listed and told in whatever order: a liaison's words reach the family she named, or nobody."""
    house = anew()
    town = Town(house)
    await works(house, OTHER, "liaison", "es")
    await family(house, *FAMILIES)
    for address in FAMILIES:
        await town.move("asks", address)
    await forward_to(house, time(16, 30))
    for each in moves:
        await town.move(*each)

    await gets(house, ROSA)
    await town.move("asks", ROSA)
    (row,) = await house.run("SELECT max(thread.id) AS id FROM thread JOIN address ON address.id = address_id WHERE address = :a", a=ROSA)
    word = await town.answers(LIAISON, row.id)
    if town.asked.get(LIAISON, ("",))[0] == word:
        await town.picks(LIAISON, "1")

    assert [] == town.wrong()
    assert any(word in text for text in house.channels["sms"].texts_to(ROSA))
