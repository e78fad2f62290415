"""What a translator is asked for: everything people text, by context and msgid. `locales.lexicon` says how an entry is written."""

from __future__ import annotations

from conversations.announcements import audience_words
from conversations.announcements.orders import Verb
from conversations.announcements.urgent import TEMPLATES
from conversations.events.asked import ASKED
from conversations.events.household import COMMENTS
from conversations.keywords import Crisis, Keyword, Leaving, Meaning
from conversations.needs import NEEDS
from conversations.replies.asking import Asks
from conversations.surveys.linting import Theme, Trait
from conversations.surveys.notes import FOCUS, TAGS, WHO
from conversations.surveys.taking import Word

from .catalogs import LANGUAGES
from .tongues import NAMED, OF_A_TOWN

NUMBERS = 21
"""Numbers below this are known in words."""
PLACE = "{language}"
"""In a phrase that asks for a language, where its name stands."""
NEED = "{need}"
"""In a phrase that asks for nothing, where the need stands."""

SMALL_WORDS = "small words"
"""Of the themes of open answers."""

TEXTED: tuple[tuple[str, str, str], ...] = (
    *(("keyword", each.value, "What people text for this, as the whole message.") for each in Keyword),
    *(
        ("order", each.value, "Staff only: the first word or words of an order. Never a carrier's word: stop, cancel, end.")
        for each in Verb
    ),
    *(("audience", value, "Staff only: what they call these people, as in: SEND families: …") for _kind, value in audience_words.NAMED),
    ("audience", audience_words.ALL, "Everybody: SEND all: …"),
    ("audience", audience_words.AND, "families and staff"),
    ("audience", audience_words.NOT, "all but staff, families except …"),
    ("audience", audience_words.COMING, "Who comes, behind the code of an event: SEND pizza coming: …"),
    ("audience", audience_words.SMALL, "Words between these that say nothing: the, of, who speak."),
    *(("household", word.value, comment) for word, comment in COMMENTS.items()),
    ("open answers", SMALL_WORDS, "Small words that say nothing by themselves in an answer: the, and, with, very, should, school."),
    *(("event question", asked, comment) for asked, comment in ASKED.items()),
    *(("asks about", each.value, "Words of a survey's question that show it asks about this. Singular and plural.") for each in Theme),
    *(("tells who", each.value, "Words of a survey's question whose answer helps to tell who somebody is.") for each in Trait),
    *(("survey", each.value, "How people say which of several they choose, as the whole message.") for each in Word),
    *(("note tag", tag, "Staff only: the word behind a # that marks a note like this: #supports.") for tag in (*TAGS, *WHO, FOCUS)),
    *(("template", slug, "Staff only: what they call this urgent text, behind URGENT.") for slug in TEMPLATES),
    *(("need", slug, "What people call this need, anywhere in a message; =word: only as the whole message.") for slug in NEEDS),
    *(
        ("crisis", each.value, "Phrases that mean danger, with every way people type them. Nothing here is guessed from a typo.")
        for each in Crisis
    ),
    ("need", "not a need", "Phrases that name a need and ask for none; {need} is its name: thanks for the {need}, {need} was great."),
    ("crisis", "not crisis", "Phrases that only sound like it: 'me muero de hambre'."),
    ("crisis", "maybe crisis", "Phrases that may mean danger and may not."),
    ("leaving", Leaving.SURE.value, "Sentences that end our texts, without the word STOP alone."),
    ("leaving", Leaving.DOUBT.value, "Whole messages that look like STOP and are not: we ask."),
    ("leaving", "not leaving", "Phrases that only sound like it: 'stop by', 'bus stop'."),
    *(("meaning", each.value, "How people say it, anywhere in a message; =words: only as the whole message.") for each in Meaning),
    *(("meaning", f"not {each.value}", "Phrases that only sound like it.") for each in Meaning),
    *(("tongue", name, "What people call this language.") for name in (*NAMED, *OF_A_TOWN)),
    *(("language", tag, "What people call this language.") for tag in LANGUAGES),
    ("language", "asks for a language", "How people ask for one; {language} is its name. With = only as the whole message."),
    *(("number", str(n), "This number in words.") for n in range(NUMBERS)),
    ("day", "today", ""),
    ("day", "tomorrow", ""),
    ("day", "the day after tomorrow", ""),
    ("day", "noon", ""),
    ("day", "midnight", ""),
    ("day", "half past", "As in: half past five."),
    ("day", "in the morning", "What follows an hour before noon, am too."),
    ("day", "after noon", "What follows an hour after noon, pm too."),
    ("day", "the morning", "The morning and nothing else, as the whole message."),
    ("day", "the afternoon", "The same, of the afternoon."),
    ("day", "any time", "Any time is good: any time, whenever. Or one that has no hour: the weekend, after work."),
    ("day", "around a day", "Words around a day or an hour that say nothing: on, at, the, next."),
    *(
        ("asks", each.value, "How a family asks for this of an event it was told of; the rest of the message must be about it.")
        for each in Asks
    ),
    ("asks", "urgent", "Words that cannot wait until a person reads the inbox: today, now."),
    ("asks", "around a question", "Single words around such a question that change nothing: is, the, it, event, start."),
    ("asks", "names a place", "Words beside which a sentence says where: gym, room, street."),
    ("asks", "until", "Words before the hour at which something ends: until, ends."),
    ("small words", "courtesy", "Single words around an answer that change nothing: please, hi."),
    ("small words", "before a number", "Single words before a number that change nothing: the, option."),
    ("small words", "before a place", "What stands before the name of a town: in, near, around."),
    ("small words", "around joining", "Single words around a school's keyword that change nothing: join, hi, i, want."),
    ("small words", "asking", "Single words around a need that change nothing: i, need, looking, for, my, kids."),
    ("small words", "filler", "Single words inside a sentence that change nothing: just, really."),
    ("small words", "other spellings", "short = long, with commas between: wanna = want to."),
    ("small words", "telltale", "Frequent single words that only this language has."),
    ("small words", "ordinary", "Ordinary single words that look like a typo of another word here and are none: good (food)."),
    ("small words", "reaction", "What a phone writes before a quoted message when somebody taps a reaction: Liked."),
)
"""Context, msgid and a word to the translator."""
