"""Load that repeats itself: a wave of a stable period is taken out, so that it hides nothing and looks like nothing.

The period is the lag at which a row resembles itself most (autocorrelation by the Wiener-Khinchin theorem); the wave
is the mean of all its cycles, as in the classical decomposition of seasonal series. It is taken out only where it was
there all the time: a pattern that begins with the trouble is the trouble.
"""

from __future__ import annotations

import numpy as np

from diagnose.checks.metrics.band import BoolArray
from diagnose.checks.metrics.shapes import IndexArray
from diagnose.signals.series import FloatArray

_FEWEST = 48
_CYCLES = 3
_ALIKE = 0.5
_APART = 0.2
_STEADY = 0.4
_EXPLAINED = 0.5
_PLENTY = 240  # samples


def calmed(values: FloatArray) -> FloatArray:
    """The rows without their wave, where they have one that goes on from the first cycle to the last."""
    count = values.shape[1]
    if count < _FEWEST:
        return values
    longest = count // _CYCLES
    likely = np.flatnonzero(_repeats(_coarse(values)))
    if not likely.size:
        return values
    result = values.copy()
    high = values[likely] - _drift(values[likely], longest)
    for number, row, alike in zip(likely, high, _autocorrelation(high, longest), strict=True):
        result[number] -= _wave(row, _refined(alike))
    return result


def period(values: FloatArray) -> float | None:
    """Samples from one crest of a row to the next, where its wave goes on from the first cycle to the last."""
    rows = values[None, :]
    if values.size < _FEWEST or not _repeats(_coarse(rows)).any():
        return None
    longest = values.size // _CYCLES
    high = rows - _drift(rows, longest)
    found = _refined(_autocorrelation(high, longest)[0])
    return found if _wave(high[0], found).any() else None


def _coarse(values: FloatArray) -> FloatArray:
    """The rows with less detail where there is plenty: enough to tell whether they repeat themselves at all."""
    parts = max(1, values.shape[1] // _PLENTY)
    whole = values[:, : values.shape[1] // parts * parts]
    mean: FloatArray = whole.reshape(values.shape[0], -1, parts).mean(axis=2) if parts > 1 else values
    return mean


def _repeats(values: FloatArray) -> BoolArray:
    longest = values.shape[1] // _CYCLES
    repeats: BoolArray = _beyond(_autocorrelation(values - _drift(values, longest), longest)).max(axis=1) >= _ALIKE
    return repeats


def _beyond(alike: FloatArray) -> FloatArray:
    """The autocorrelation beyond the first lag that is unlike: in slow rows those next to none are all alike."""
    unlike = alike < _APART
    first = np.where(unlike.any(axis=1), np.argmax(unlike, axis=1), alike.shape[1])
    result: FloatArray = np.where(np.arange(alike.shape[1]) > first[:, None], alike, -1.0)
    return result


def _drift(values: FloatArray, width: int) -> FloatArray:
    """The running mean of a width, of what there is of it at the ends."""
    count = values.shape[1]
    total = np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)
    low = np.maximum(np.arange(count) - width // 2, 0)
    high = np.minimum(np.arange(count) + width // 2 + 1, count)
    mean: FloatArray = (total[:, high] - total[:, low]) / (high - low)
    return mean


def _autocorrelation(high: FloatArray, longest: int) -> FloatArray:
    count = high.shape[1]
    spectrum = np.fft.rfft(high, count + longest, axis=1)
    power = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, count + longest, axis=1)[:, : longest + 1]
    power /= count - np.arange(longest + 1)
    alike: FloatArray = power / np.maximum(power[:, :1], 1e-300)
    return alike


def _refined(alike: FloatArray) -> float:
    """The shortest lag that is as good as any, made exact by its largest multiple."""
    beyond = _beyond(alike[None, :])[0]
    start = int(np.argmax(beyond >= 0.85 * beyond.max()))
    lag = max(start + int(np.argmax(beyond[start : start + max(2, start // 4)])), 2)
    period = float(lag)
    for times in range(2, (alike.size - 1) // lag + 1):
        near = max(1, lag // 8)
        middle = round(times * period)
        part = alike[middle - near : middle + near + 1]
        if not part.size or part.max() < _APART:
            break
        period = (middle - near + int(np.argmax(part))) / times
    return period


def _wave(high: FloatArray, period: float) -> FloatArray:
    """The repeating part of a row; nothing where it explains little of it, or was not there in every cycle."""
    index = np.arange(high.size)
    bins = max(round(period), 2)
    phase: IndexArray = np.minimum((index % period) / period * bins, bins - 1).astype(np.intp)
    size = np.maximum(np.bincount(phase, minlength=bins), 1)
    wave: FloatArray = (np.bincount(phase, high, minlength=bins) / size)[phase]
    cycle = (index // period).astype(np.intp)
    shared, own = np.bincount(cycle, high * wave), np.bincount(cycle, wave**2)
    whole = own >= 0.5 * np.median(own)
    present = bool((shared[whole] >= _STEADY * own[whole]).all()) and own.sum() >= _EXPLAINED * (high**2).sum()
    return wave if present else np.zeros_like(high)
