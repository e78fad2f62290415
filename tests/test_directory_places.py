"""A ZIP code, a city or a shared location: what people send to say where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.places import miles, nearest_zip, point, zip_of

CITIES = {
    "delano": "93215",
    "los angeles": "90007",
    "Los Angeles": "90007",
    "la": "90007",
    "lamont": "93241",
    "Arvin!": "93203",
    "mc farland": "93250",
    "san francisco": "94114",
    "delano ca": "93215",
}
SLIPS = {"bakersfeild": "93307", "sacremento": "95819", "tehachpi": "93561", "frisno": "93728", "dealno": "93215"}


@pytest.mark.parametrize(("said", "meant"), CITIES.items(), ids=CITIES)
def test_a_city_becomes_the_zip_code_in_its_middle(said, meant):
    """People name a town; the answer starts from its middle."""
    assert meant == zip_of(said, "93307")


@pytest.mark.parametrize(("said", "meant"), SLIPS.items(), ids=SLIPS)
def test_a_misspelt_city_near_by_is_understood(said, meant):
    """A slip of the thumb is no reason to ask again."""
    assert meant == zip_of(said, "93307")


@pytest.mark.parametrize(
    "said", ["home", "hope", "gracias", "thanks", "sorry", "please", "comida", "no gracias", "closed", "", " ", "🍕", "a b c d"]
)
def test_what_is_no_city_is_not_taken_for_one(said):
    """Any word is the name of a hamlet somewhere; none of these sends a family to Pennsylvania."""
    assert zip_of(said, "93307") is None


def test_in_ones_own_city_one_stays_where_one_is():
    """Who names the city their school is in means its surroundings."""
    assert "93307" == zip_of("bakersfield", "93307")
    assert "93301" == zip_of("bakersfield", "93301")


def test_of_two_cities_with_one_name_the_nearer_is_meant():
    """Portland, Maine is not Portland, Oregon."""
    assert "04101" == zip_of("portland", "04101")
    assert "OR" == point(zip_of("portland", "97301")).state
    assert "OR" == point(zip_of("portland", "93307")).state


def test_another_state_is_found_for_a_big_city_or_by_its_name():
    """A family that moves may ask about Phoenix, and about a small town if they say which state."""
    assert "AZ" == point(zip_of("phoenix", "93307")).state
    assert "PA" == point(zip_of("home pa", "93307")).state


def test_an_unknown_school_zip_still_finds_big_cities():
    """Nothing to measure from is no reason to fail."""
    assert "CA" == point(zip_of("los angeles", "00000")).state
    assert zip_of("delano", "00000") is None


def test_a_zip_code_is_a_spot_with_its_own_time():
    """Where it is, and what the clock says there."""
    spot = point("93307")

    assert ("Bakersfield", "CA", "America/Los_Angeles") == (spot.city, spot.state, spot.timezone)
    assert 5 > miles((spot.latitude, spot.longitude), (35.33, -118.98))


@pytest.mark.parametrize("text", ["00000", "", "9330", "933070", "abcde", "93 07", "９３３０７", "09002"])
def test_what_is_no_zip_code_on_the_map_is_none(text):
    """Neither nonsense, nor digits of another script, nor military post, which is nowhere."""
    assert point(text) is None


def test_a_shared_location_becomes_its_zip_code():
    """Nothing finer is kept than the ZIP code around it."""
    assert "93301" == nearest_zip(35.37, -119.02)
    assert "AK" == point(nearest_zip(61.22, -149.9)).state


@pytest.mark.parametrize("at", [(0, 0), (91, 0), (35, -181), (float("nan"), 0), (float("inf"), 0), (48.85, 2.35)])
def test_a_location_off_the_map_is_none(at):
    """A phone in Paris, in the ocean, or broken."""
    assert nearest_zip(*at) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_any_location_gives_a_zip_code_in_the_neighbourhood_or_none(latitude, longitude):
    """Wherever somebody stands, the answer is not far from there."""
    found = nearest_zip(latitude, longitude)

    assert found is None or miles((point(found).latitude, point(found).longitude), (latitude, longitude)) < 105


@given(st.text(max_size=30))
def test_any_text_is_a_zip_code_or_none(said):
    """Whatever is typed, nobody gets an error."""
    found = zip_of(said, "93307")

    assert found is None or point(found) is not None


def test_distances_are_those_of_the_map():
    """Los Angeles to San Francisco is 347 miles as the crow flies; a place is at no distance from itself."""
    assert pytest.approx(347, abs=1) == miles((34.0522, -118.2437), (37.7749, -122.4194))
    assert 0 == miles((35, -119), (35, -119))
