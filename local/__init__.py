"""The whole platform on one machine without Docker. `python -m local --help` lists what it can do."""
