"""The benchmark: `python -m tests.bench` runs streamtui and its yardsticks on the same streams, in one run. Not a test."""
