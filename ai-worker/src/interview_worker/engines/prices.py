"""What a provider's tokens cost, where that is configured."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

ANY_MODEL = "*"
_PER = Decimal(1_000_000)


class Price(BaseModel):
    """Of a million tokens, in the operator's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    cached_input: Decimal | None = Field(default=None, ge=0)
    """Of tokens that the provider had read before; None: as any other input."""
    output: Decimal = Field(ge=0)

    def of(self, *, tokens_in: int, tokens_reused: int, tokens_out: int) -> Decimal:
        """Return what a generation costs."""
        cached = self.input if self.cached_input is None else self.cached_input
        return ((tokens_in - tokens_reused) * self.input + tokens_reused * cached + tokens_out * self.output) / _PER


Prices = Mapping[str, Mapping[str, Price]]
"""By provider and model; `*` is any model of a provider."""


def find_price(prices: Prices, provider: str, *names: str | None) -> Price | None:
    """Return the price that is configured for a provider's model under the first of its names that has one."""
    models = prices.get(provider, {})
    return next((models[name] for name in (*names, ANY_MODEL) if name is not None and name in models), None)
