"""Recordings the speech simulator understands: telephone tones over a hum."""

import io
import wave

import numpy as np

LOW = {"1": 697, "2": 697, "3": 697, "4": 770, "5": 770, "6": 770, "7": 852, "8": 852, "9": 852,
       "0": 941}  # fmt: skip
HIGH = {"1": 1209, "4": 1209, "7": 1209, "2": 1336, "5": 1336, "8": 1336, "0": 1336, "3": 1477,
        "6": 1477, "9": 1477}  # fmt: skip
RATE = 16_000


def spoken(digits: str, hum_hz: float = 130.0) -> bytes:
    """A WAV of the digits, 0.2 s each, in a voice of this hum."""
    time = np.arange(int(RATE * 0.2)) / RATE
    pause = np.zeros(int(RATE * 0.1))
    parts = [pause]
    for digit in digits:
        tone = np.sin(2 * np.pi * LOW[digit] * time) + np.sin(2 * np.pi * HIGH[digit] * time)
        parts += [0.25 * tone, pause]
    sound = np.concatenate(parts)
    sound = sound + 0.2 * np.sin(2 * np.pi * hum_hz * np.arange(sound.size) / RATE)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32000).astype("<i2").tobytes())
    return file.getvalue()
