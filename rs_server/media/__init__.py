"""Media workers: processes that forward encoded packets between endpoints and tee them to recordings."""
