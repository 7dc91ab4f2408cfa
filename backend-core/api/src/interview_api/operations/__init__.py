"""What operators see and do: jobs and workers."""
