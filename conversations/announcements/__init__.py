"""One way out to many people: what is said to them, to whom, in which languages, and at what price. Pure, like all conversations."""
