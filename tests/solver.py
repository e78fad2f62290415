"""Somebody who holds everything a survey has told against itself, and looks for a count under ten that it gives away.

What is not known is how many answered each way, to two questions, in each group and language, between one publication and the next.
Everything told is a sum of some of these. A count is given away when it is the same in every world of whole numbers that fits.
"""

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


class Worlds:
    """Every world that fits what is told. An axis is (its name, its values); a cell has one value of each."""

    def __init__(self, **axes):
        self.names = list(axes)
        self.cells = list(product(*axes.values()))
        self.sums, self.totals = [], []

    def row(self, **where):
        """The cells where each axis has one of these values."""
        places = [(self.names.index(name), set(values)) for name, values in where.items()]
        return np.array([all(cell[place] in values for place, values in places) for cell in self.cells], dtype=float)

    def tell(self, total, **where):
        self.sums.append(self.row(**where))
        self.totals.append(total)

    def gives_away(self, count, **where):
        """There can be neither more nor fewer than there are in these cells."""
        return self.furthest(1, where) == count == self.furthest(-1, where)

    def furthest(self, sign, where):
        """The most there can be in these cells, or with -1 the fewest."""
        fits = LinearConstraint(np.array(self.sums), self.totals, self.totals)
        found = milp(-sign * self.row(**where), constraints=fits, integrality=np.ones(len(self.cells)), bounds=Bounds(0, np.inf))
        assert found.status == 0, "what was told does not fit together"
        return round(-sign * found.fun)
