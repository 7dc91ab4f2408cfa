"""The workers: `python -m interview_worker gpu_queue|cpu_queue`."""
