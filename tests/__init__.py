"""The tests; helpers are in `support`."""
