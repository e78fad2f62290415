"""How fast it is, as ratios: against a floor that does the least there is to do, against a peer, and against itself at other sizes."""
