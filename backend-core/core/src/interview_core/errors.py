"""What can go wrong, by who can act on it.

InterviewError
├── InvalidInput          the caller can act       422
├── NotFound              the caller can act       404
├── NotAllowed            the caller can act       403
├── Conflict              the caller can act       409
├── TokenInvalid          the caller signs in      401
├── Unavailable           the operator can act     503, a job waits for it
│   └── EngineUnavailable the operator can act     503, not retried
├── EngineFailed          may work next time       a job retries with backoff
└── LeaseLost             another worker has it    the work is dropped, nothing is written
"""


class InterviewError(Exception):
    """Base of all expected errors: `code` is stable, the message says what happened and the next step."""

    code = "INTERNAL"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InvalidInput(InterviewError):
    code = "VALIDATION_FAILED"


class NotFound(InterviewError):
    code = "NOT_FOUND"


class NotAllowed(InterviewError):
    code = "NOT_ALLOWED"


class Conflict(InterviewError):
    code = "CONFLICT"


class TokenInvalid(InterviewError):
    code = "TOKEN_INVALID"


class Unavailable(InterviewError):
    code = "UNAVAILABLE"


class EngineUnavailable(Unavailable):
    code = "ENGINE_UNAVAILABLE"


class EngineFailed(InterviewError):
    code = "ENGINE_FAILED"


class LeaseLost(InterviewError):
    code = "LEASE_LOST"
