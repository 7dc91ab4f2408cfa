"""What every service shares: the contract of tasks, the tables, storage, streams, tickets and settings."""

__version__ = "0.1.0"
