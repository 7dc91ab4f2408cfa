"""The whole of what can be asked of a worker."""
