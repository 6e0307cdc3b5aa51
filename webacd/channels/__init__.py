"""Ways by which contacts come that are no session: callbacks and the lists of them."""
