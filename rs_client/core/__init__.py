"""What may be shown and done, and to whom one talks. Pure: no clock, no network, no screen."""
