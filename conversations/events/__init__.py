"""Events of a school: what is offered, who comes, who was there. Pure, like all conversations."""
