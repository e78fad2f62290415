"""Feeds come with wrong letters, capitals, odd numbers and hours in prose. What is certain is mended; what is not is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.needs import NEEDS
from storage.directory import hours, needs, repair, spoken
from storage.directory.feed import Language, Phone, Schedule
from storage.places import point

LETTERS = {
    "Ni\u00c3\u00b1os": "Niños",
    "Cl├¡nica": "Clínica",
    "Monday GÇô Friday": "Monday - Friday",
    "Monday â€“ Friday": "Monday - Friday",
    "caf\u00e9 and ni\u00f1os": "café and niños",
    "Smith &amp; Sons": "Smith & Sons",
    "first\\nsecond": "first second",
    "“quoted” – it’s": '"quoted" - it\'s',
    "write to help@example.org today": "write to today",
    "Trung tâm Việt": "Trung tâm Việt",
    "ÑÓ ãé": "ÑÓ ãé",
}
NAMES = {
    "FOOD BANK OF THE VALLEY": "Food Bank of the Valley",
    "YMCA OF SAMPLE COUNTY": "YMCA of Sample County",
    "ST. MARY'S HELP (SAMPLE)": "St. Mary's Help (Sample)",
    "211": "211",
    "YMCA": "YMCA",
    "eBay for Good": "eBay for Good",
    "Sample Medical Center., North Clinic": "Sample Medical Center, North Clinic",
}
NUMBERS = {
    "661 555-0131": [Phone("+16615550131")],
    "(661) 555-0131 x12": [Phone("+16615550131", "12")],
    "661.555.0131 ext. 7": [Phone("+16615550131", "7")],
    "1-800-555-0131": [Phone("+18005550131")],
    "661-555-0131 or 661-555-0132": [Phone("+16615550131"), Phone("+16615550132")],
    "211": [Phone("211")],
    '"+52 55 1234 5678"': [Phone("+525512345678")],
    "123-456-7890": [],
    "ask at the door": [],
    "": [],
}
ZIPS = {"93307": "93307", "93307-1234": "93307", " 93307 ": "93307", "933071234": "93307", "UNKNOWN": "", "9330": "", "K1A 0B1": ""}
SURE = {
    "Monday-Friday, 9-5": "MO,TU,WE,TH,FR 09:00-17:00",
    "Mon-Fri 9am-5pm": "MO,TU,WE,TH,FR 09:00-17:00",
    "3rd Saturday 9-12": "3SA 09:00-12:00",
    "Mon.-Fri., 8:30-4:30; Sat. 10 am-noon": "MO,TU,WE,TH,FR 08:30-16:30; SA 10:00-12:00",
    "Monday, Wednesday & Friday: 8-12, 1-5": "MO,WE,FR 08:00-12:00; MO,WE,FR 13:00-17:00",
    "Tuesday, Thursday, 12-3; first and third Saturday of the month, 12-3": "TU,TH 12:00-15:00; 1SA 12:00-15:00; 3SA 12:00-15:00",
    "last Friday, 1 p.m. to 3 p.m.": "-1FR 13:00-15:00",
    "Daily, 08:00-17:30": "MO,TU,WE,TH,FR,SA,SU 08:00-17:30",
    "Sunday - Tuesday 5-7 pm": "MO,TU,SU 17:00-19:00",
    "Tuesday-Friday, 7-9 am": "TU,WE,TH,FR 07:00-09:00",
}
UNSURE = [
    "Tuesday-Friday, 6-8",
    "Monday, 7-7",
    "Monday-Friday, 8-9",
    "Monday-Friday",
    "9-5",
    "24 hours daily",
    "By appointment",
    "Monday-Friday, 9-5; Saturday by appointment",
    "Monday-Friday, 9-5, closed 12-1",
    "May - October Tuesday 4:00 PM to 7:30 PM",
    "Every other Friday 3-5",
    "5th Saturday 9-12",
    "Monday 9-25",
    "Friday 10 pm-2 am",
    "Friday, 9-12, 10-11",
    "Office: Monday-Friday, 8-5",
    "Monday-Friday, 7:30-4;30",
    "Vary",
]
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize(("broken", "whole"), LETTERS.items(), ids=LETTERS)
def test_wrongly_read_letters_are_mended_and_right_ones_kept(broken, whole):
    """The same name goes through four programs before it reaches us; families should not see it."""
    assert whole == repair.clean(broken)


@given(st.text(max_size=60))
def test_cleaning_leaves_one_line_without_addresses(text):
    """Whatever the text, it can be sent: one line, and nobody's e-mail in it."""
    cleaned = repair.clean(text)

    assert "\n" not in cleaned
    assert cleaned == " ".join(cleaned.split())


@given(st.text(st.characters(max_codepoint=0x17F, categories=["L", "P", "Zs"]), max_size=40))
def test_letters_read_in_the_wrong_code_page_come_back(text):
    """UTF-8 read as Windows letters is the commonest accident of all; it loses nothing."""
    try:
        broken = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return

    assert repair.clean(text) in {repair.clean(broken), repair.clean(repair.clean(broken))}


@pytest.mark.parametrize(("shouted", "said"), NAMES.items(), ids=NAMES)
def test_names_do_not_shout(shouted, said):
    """Capitals all through are an old computer's habit."""
    assert said == repair.name(shouted)


@pytest.mark.parametrize(("cell", "phones"), NUMBERS.items(), ids=NUMBERS)
def test_numbers_can_be_rung(cell, phones):
    """However it is written, and also when two are in one cell; what cannot be a number is not shown as one."""
    assert tuple(phones) == repair.numbers(cell).phones


def test_a_doubtful_extension_is_told():
    """ "OPT9" cannot be dialled after the number, so the number is shown alone and the row is named."""
    read = repair.numbers("661 555-0131", "OPT9")

    assert (Phone("+16615550131"),) == read.phones
    assert read.doubtful
    assert not repair.numbers("661 555-0131", "12").doubtful


@pytest.mark.parametrize(("cell", "code"), ZIPS.items(), ids=ZIPS)
def test_zip_codes_have_five_digits(cell, code):
    """Four more digits are left out; what is none is none."""
    assert code == repair.zip_code(cell)


def test_a_leading_zero_a_spreadsheet_has_eaten_is_put_back():
    """2139 is 02139 if the state is Massachusetts, and nothing otherwise."""
    assert "MA" == point(repair.zip_code("2139", "MA")).state
    assert "" == repair.zip_code("2139", "CA")


def test_a_note_is_one_line_that_says_something():
    """ "None." and "Varies" say nothing; what is too long ends at a word."""
    assert "Bring a bag. Families only." == repair.sentence("None.", "Bring a bag", "", "Varies", "Families only.", "Bring a bag")
    long = repair.sentence("word " * 60)
    assert long.endswith("word...")
    assert len(long) <= repair.NOTE_LENGTH


@pytest.mark.parametrize(("prose", "rules"), SURE.items(), ids=SURE)
def test_plain_hours_are_read(prose, rules):
    """The common ways to write hours, with and without am and pm."""
    assert rules == "; ".join(f"{each.byday} {each.opens_at}-{each.closes_at}" for each in hours.read(prose))


@pytest.mark.parametrize("prose", UNSURE)
def test_hours_that_may_mean_something_else_stay_as_they_are(prose):
    """A family before a closed door is worse than a family that calls first."""
    assert (Schedule(description=prose),) == hours.read(prose)


@given(st.text(st.sampled_from("Mondayfri 0123456789-,;:.&apmnoto thrsw1st"), max_size=40))
def test_any_prose_is_read_or_kept(prose):
    """Nothing typed into a cell of hours breaks an import, and every rule opens before it closes."""
    for each in hours.read(prose):
        assert each.description == prose or "00:00" <= each.opens_at < each.closes_at <= "23:59"


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 22 * 60), st.integers(1, 12 * 60))
def test_hours_with_am_and_pm_are_read_as_written(days, opens, lasts):
    """Any days, any hours of one day: what is written out plainly is understood exactly."""
    closes = min(opens + lasts, 24 * 60 - 1)
    written = f"{', '.join(DAY_NAMES[day] for day in sorted(days))}, {_twelve(opens)} - {_twelve(closes)}"
    expected = Schedule(",".join(hours.DAYS[day] for day in sorted(days)), _twenty_four(opens), _twenty_four(closes))

    assert (expected,) == hours.read(written)


def _twelve(minutes):
    return f"{minutes // 60 % 12 or 12}:{minutes % 60:02} {'am' if minutes < 12 * 60 else 'pm'}"


def _twenty_four(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize(
    "row",
    [("MO", "09:00", "08:00"), ("5SA", "09:00", "12:00"), ("1MO,2TU", "09:00", "12:00"), ("someday", "09:00", ""), ("MO", "early", "")],
)
def test_a_rule_we_cannot_say_is_refused(row):
    """Hours that end before they begin, a fifth Saturday, two different Mondays in one rule."""
    with pytest.raises(hours.Unsure):
        hours.rule(*row)


def test_rules_are_read_in_every_way_feeds_write_them():
    """With seconds, a time zone that daylight saving makes wrong, words, or no end."""
    assert Schedule("TH,FR", "10:00", "18:00") == hours.rule("TH,FR", "10:00:00", "18:00:00")
    assert Schedule("TH", "10:00", "18:00") == hours.rule("th", "10:00Z", "18:00-08:00")
    assert Schedule("MO", "09:00", "15:00") == hours.rule("Monday", "9am", "3 PM")
    assert Schedule("-1FR", "09:00", "") == hours.rule("-1FR", "0900", "")


NEED_OF = {"102-04": "food", "103-03": "rent", "103-03-02": "utilities", "106-02": "dental", "111-01-02": "immigration", "109-03-03": "classes",
           "102-04-99": "food", "103-05-02-03": "", "999": ""}  # fmt: skip


@pytest.mark.parametrize(("number", "need"), NEED_OF.items(), ids=NEED_OF)
def test_numbers_of_open_eligibility_mean_our_needs(number, need):
    """The finest part that we know decides; an unknown branch belongs to its parent."""
    assert need == needs.of_number(number)


def test_only_the_finest_term_says_what_a_service_is():
    """A dentist is listed under health too; a family that asks for a doctor is not sent there."""
    found, unknown = needs.of_terms(
        [("Open Eligibility", "106"), ("Open Eligibility", "106-02"), ("Platica needs", "food"), ("Platica needs", "fod")]
    )

    assert {"food": "source", "dental": "source"} == found
    assert ["fod"] == unknown


def test_every_need_can_be_stated_and_guessed():
    """No need of the menu is out of an import's reach."""
    assert set(NEEDS) == {*needs._NUMBERS} - {""} == {*needs._WORDS}
    assert all(needs.guessed(phrase.strip()) == {need: "guessed"} for need, words in needs._WORDS.items() for phrase in words.split(","))
    numbers = [number for each in needs._NUMBERS.values() for number in each.split()]
    assert sorted(set(numbers)) == sorted(numbers)


def test_a_guess_is_made_of_whole_words():
    """The Rentería family foundation does not help with rent, nor does a museum of food with food."""
    assert {} == needs.guessed("Sample Museum of Food", "Renteria Foundation", "wickets")
    assert {"food": "guessed", "utilities": "guessed"} == needs.guessed("Food Boxes/Food Vouchers, Emergency Food", "Utility Assistance")


def test_languages_get_their_tags():
    """By name, by either code, or by what people call them; unknown ones keep their name."""
    assert Language("es", "Spanish") == spoken.language("", "Spanish") == spoken.language("spa", "")
    assert Language("yue", "Chinese (Cantonese)") == spoken.language("", "Chinese (Cantonese)")
    assert Language("", "Mixteco de San Juan") == spoken.language("", "Mixteco de San Juan")
    assert spoken.language("", " ") is None
