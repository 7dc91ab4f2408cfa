"""The queues: each has its own worker, and nothing is sent anywhere else."""

from enum import StrEnum


class Queue(StrEnum):
    """A Celery queue; its value is the name on the broker."""

    GPU = "gpu_queue"
    CPU = "cpu_queue"
