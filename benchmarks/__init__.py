"""Where the figures of README and docs/figures.md come from: `make bench`, or `python -m benchmarks NAME…` for some."""
