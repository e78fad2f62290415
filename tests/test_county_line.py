"""The county's line for reporting child abuse stands beside Childhelp, in a sentence of its own, where it is set."""

from dataclasses import replace

import pytest

from bot.settings import Misconfigured, load

TOLD = [("my neighbor hits her kids", "To report in this county: 661-555-0199."), ("mi vecina les pega a sus niños", "661-555-0199")]


@pytest.mark.parametrize(("said", "county"), TOLD)
async def test_the_countys_line_is_said_where_it_is_set(house, said, county):
    """After Childhelp's, whose wording stays as it is; without the setting nothing changes."""
    [before] = await house.hears(said, "+16615550180")
    house.settings = replace(house.settings, child_abuse_line="661-555-0199")
    [after] = await house.hears(said, "+16615550181")

    assert "1-800-422-4453" in before
    assert county not in before
    assert county in after
    assert before.splitlines() == [line for line in after.splitlines() if county not in line]


def test_the_countys_line_is_a_number():
    """Nobody is sent to a line that cannot be rung: checked where it starts, and by platica check."""
    assert "+1 661 555 0199" == load({"PLATICA_CHILD_ABUSE_LINE": "+1 661 555 0199"}).child_abuse_line
    with pytest.raises(Misconfigured, match="PLATICA_CHILD_ABUSE_LINE must be a number"):
        load({"PLATICA_CHILD_ABUSE_LINE": "ask the county"})
