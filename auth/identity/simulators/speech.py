"""A speech service that understands tones (模拟语音识别).

It cannot understand people. Digits are heard as telephone tones (DTMF, ITU-T Q.23), and a voice
is known by its hum between 80 and 300 Hz: both are really measured in the recording, so a wrong
digit or another voice is really refused.
"""

import hashlib
import hmac
import io
import wave
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from auth.identity.providers.speech import SpeechSettings, signature

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = ("123", "456", "789", "*0#")
WINDOW_S = 0.04
HUM = (80, 300)
HUM_APART = 25.0  # hertz at which two hums are strangers
Sound = NDArray[np.float64]


def sound(recording: bytes) -> tuple[Sound, int]:
    """Samples (-1..1) and rate of a 16-bit mono WAV; raises `wave.Error`, `EOFError`."""
    with wave.open(io.BytesIO(recording)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error("16-bit mono is wanted")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples / 32768.0, file.getframerate()


def _power(part: Sound, rate: int, hertz: float) -> float:
    turn = np.exp(-2j * np.pi * hertz * np.arange(part.size) / rate)
    return float(np.abs(part @ turn) / part.size)


def digits(samples: Sound, rate: int) -> str:
    """The keys that sound, each once for as long as it sounds."""
    step = int(rate * WINDOW_S)
    found, last = "", ""
    for start in range(0, samples.size - step, step):
        part = samples[start : start + step]
        low = [_power(part, rate, f) for f in LOW]
        high = [_power(part, rate, f) for f in HIGH]
        clear = min(max(low), max(high)) > 0.03
        key = KEYS[int(np.argmax(low))][int(np.argmax(high))] if clear else ""
        if key and key != last:
            found += key
        last = key
    return found


def hum(samples: Sound, rate: int) -> float:
    """The strongest frequency of the voice, in hertz; 0 where nothing hums."""
    spectrum = np.abs(np.fft.rfft(samples)) / max(samples.size, 1)
    hertz = np.fft.rfftfreq(samples.size, 1 / rate)
    band = (hertz >= HUM[0]) & (hertz <= HUM[1])
    if not band.any() or spectrum[band].max() < 0.005:
        return 0.0
    return float(hertz[band][int(np.argmax(spectrum[band]))])


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = SpeechSettings()
    app: Sanic[Any, Any] = Sanic("simulator_speech", configure_logging=False)
    app.config.AUTO_EXTEND = False
    voices: dict[str, float] = {}
    seen: set[str] = set()

    def refused(request: Request) -> bool:
        nonce, at = request.headers.get("x-nonce", ""), request.headers.get("x-time", "")
        digest = hashlib.sha256(request.body).hexdigest()
        expected = signature(account.secret, request.method, request.path, at, nonce, digest)
        replayed = nonce in seen
        seen.add(nonce)
        return replayed or not hmac.compare_digest(expected, request.headers.get("x-signature", ""))

    def told(request: Request, body: dict[str, Any], status: int = 200) -> HTTPResponse:
        text = orjson.dumps(body)
        nonce = request.headers.get("x-nonce", "")
        mark = signature(account.secret, nonce, hashlib.sha256(text).hexdigest())
        headers = {"x-signature": mark, "x-simulator": "speech"}
        return HTTPResponse(text, status, headers, "application/json")

    async def answer(request: Request, reference: str = "") -> HTTPResponse:
        if refused(request):
            return told(request, {"error": "signature"}, 401)
        if request.method == "DELETE":
            voices.pop(reference, None)
            return told(request, {})
        try:
            samples, rate = sound(request.body)
        except (wave.Error, EOFError):
            return told(request, {"digits": "", "confidence": 0.0, "likeness": 0.0})
        if request.method == "PUT":
            voices[reference] = hum(samples, rate)
            return told(request, {})
        if reference:
            heard = hum(samples, rate)
            known = voices.get(reference, 0.0)
            apart = abs(known - heard) / HUM_APART if known and heard else 1.0
            return told(request, {"likeness": max(0.0, 1.0 - apart)})
        return told(request, {"digits": digits(samples, rate), "confidence": 0.99})

    app.add_route(answer, "/v1/digits", methods=["POST"], name="digits")
    app.add_route(
        answer, "/v1/voiceprints/<reference:str>", methods=["PUT", "DELETE"], name="voice"
    )
    app.add_route(
        answer, "/v1/voiceprints/<reference:str>/comparisons", methods=["POST"], name="compare"
    )
    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
