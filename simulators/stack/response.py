"""The way of a sample to a sensor: delay of the line, then a response of the first order (pure).

The input is constant within a minute, so that the mean of the output over each minute has a
closed form: with a = exp(-60 s/tau) and w = tau/60 s (1 - a), a step answers with 1 - w in its
own minute and w (1 - a) a^(k - 1) in the k-th minute after it.
"""

import math
from typing import Final

import numpy as np

from simulators.stack.spec import SensorSpec
from simulators.stack.waves import Floats

LEAD_MIN: Final = 120
"""Minutes of history that a response is computed from."""
T90_OVER_TAU: Final = math.log(10.0)
_S_PER_MIN: Final = 60.0


def lost_flow(spec: SensorSpec, days_in_use: float) -> float:
    """The share of its flow that a filter has lost, after so many days since commissioning."""
    return spec.clogging * (days_in_use % spec.filter_days) / spec.filter_days


def respond(spec: SensorSpec, reaching: Floats, lost: float) -> Floats:
    """The means of the minutes, after delay and response; the first ones need `LEAD_MIN`."""
    if not spec.t90_s and not spec.delay_s:
        return reaching
    slower = 1 / (1 - lost)
    kernel = np.convolve(_delayed(spec.delay_s * slower), _first_order(spec.t90_s * slower))
    return np.convolve(reaching, kernel)[: len(reaching)]


def _delayed(delay_s: float) -> Floats:
    """The share of a minute's sample in each minute from its own on."""
    whole, part = divmod(delay_s / _S_PER_MIN, 1.0)
    kernel = np.zeros(int(whole) + 2)
    kernel[int(whole)], kernel[int(whole) + 1] = 1 - part, part
    return kernel


def _first_order(t90_s: float) -> Floats:
    if not t90_s:
        return np.ones(1)
    tau = t90_s / T90_OVER_TAU
    a = math.exp(-_S_PER_MIN / tau)
    w = tau / _S_PER_MIN * (1 - a)
    kernel = np.empty(LEAD_MIN // 2)
    kernel[0] = 1 - w
    kernel[1:] = w * (1 - a) * a ** np.arange(LEAD_MIN // 2 - 1)
    return kernel
