"""One line of print to its characters: the recogniser of PP-OCRv6, and how sure it is.

The model is the file that comes with the wheel of `rapidocr`; it is run by onnxruntime itself, so nothing
is ever downloaded, and the probabilities of single characters are at hand.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from crawler.documents.picture.integers import integer_form
from crawler.documents.picture.protobuf import UnknownModelError
from crawler.documents.picture.quick import LOW, is_usual, quick_form
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Steps = NDArray[np.float32]

HEIGHT = 48
"""Of the model's input, in pixels; that of its quick form is LOW."""
STEP = 8
"""Pixels of input per step of output."""
MODEL = "models/PP-OCRv6_rec_small.onnx"
_NARROWEST = 32
_BATCH_PIXELS = 768
_BLANK = 0
_SURE = 0.9
_KNOWN_LINE = "2024-0123456789"
_NO_MODEL = (
    failures.Fail,
    failures.InvalidArgument,
    failures.InvalidGraph,
    failures.InvalidProtobuf,
    failures.NotImplemented,
    failures.RuntimeException,
)
"""What onnxruntime raises for a model that it cannot load or run."""

_LOOKALIKES = (
    ("0", "0０OoＯ〇○Q"),
    ("1", "1１lI|丨"),
    ("2", "2２Zz"),
    ("3", "3３"),
    ("4", "4４"),
    ("5", "5５Ss"),
    ("6", "6６b"),
    ("7", "7７"),
    ("8", "8８B"),
    ("9", "9９gq"),
    (".", ".．。·"),
    (",", ",，"),
    ("-", "-－—–−一"),
    ("+", "+＋"),
    ("/", "/／"),
    ("%", "%％"),
)
"""Where only a number can stand, what else its characters are taken for."""
_STOPS = (("(", "（"), (")", "）"), (",", "，"), (";", "；"))
"""Narrowed, Chinese stops look like Latin ones: what speaks for the one speaks for the other."""


class Letters(NamedTuple):
    """What was read of a line.

    `whole` and `least` are the probabilities of the text: as a whole (of the sequence), and of its least
    sure character. `places` are the middles of the characters, as shares of the width of the crop.
    """

    text: str
    whole: float
    least: float
    places: tuple[float, ...]
    each: tuple[float, ...]


NOTHING = Letters("", 1.0, 1.0, (), ())


class _Model:
    """A form of the model: crops of one height to the probabilities of its characters, step by step."""

    def __init__(self, source: str | bytes, characters: Sequence[str]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self.characters = characters or ["", *self._named(), " "]
        kinds = {character: kind for kind, character in enumerate(self.characters)}
        self.stops = [(kinds[half], kinds[full]) for half, full in _STOPS]
        figures = [[kinds[alike] for alike in alikes if alike in kinds] for _, alikes in _LOOKALIKES]
        # A gap within a number is no sign; like a blank step it keeps equal digits apart.
        folds = [[_BLANK, len(self.characters) - 1], *figures]
        self.figures = np.array([kind for fold in folds for kind in fold])
        self.folds = np.cumsum([0, *(len(fold) for fold in folds[:-1])])

    def _named(self) -> list[str]:
        named: str = self._session.get_modelmeta().custom_metadata_map["character"]
        return named.splitlines()

    def run(self, pixels: Pixels) -> Steps:
        values = (pixels.astype(np.float32) / 127.5 - 1.0)[:, None]
        batch = np.ascontiguousarray(np.broadcast_to(values, (len(pixels), 3, *pixels.shape[1:])))
        (steps,) = self._session.run(None, {self._input: batch})
        return np.asarray(steps)


class Recogniser:
    """The loaded model. Runs on one thread: documents are read side by side in processes of their own."""

    def __init__(self, path: Path) -> None:
        cv2.setNumThreads(1)
        # Both forms, or, of a model that is not known, or read otherwise than it was drawn, the one as it comes.
        self._models = {}
        with suppress(UnknownModelError):
            data = integer_form(path.read_bytes())
            whole = _loaded(data, ())
            kept = [kind for kind, character in enumerate(whole.characters) if not kind or is_usual(character)]
            quick = _loaded(quick_form(data, kept), [whole.characters[kind] for kind in kept])
            if _reads_alike(quick, whole):
                self._models = {HEIGHT: whole, LOW: quick}
        self._exact = _Model(str(path), ())
        if not self._models:
            self._models = {HEIGHT: self._exact}

    @property
    def is_quick(self) -> bool:
        """Is there a quick form of this model? Without one, low crops are read by the whole model."""
        return LOW in self._models

    def read(self, crops: Sequence[Pixels], numeric: Sequence[bool] = ()) -> list[Letters]:
        """The text of each crop: grey, dark on white, one line each, HEIGHT pixels high, or LOW: by the quick form.

        `numeric`: which of them hold a number if they can: O and l are then 0 and 1. What the model in whole numbers
        is unsure of at its full height is read by the one as it comes too; the surer reading stands.
        """
        prepared = [_padded(crop if len(crop) in self._models else _raised(crop)) for crop in crops]
        answers: list[Letters] = [NOTHING] * len(crops)
        self._take(self._models, prepared, numeric, range(len(crops)), answers)
        unsure = [
            place
            for place, answer in enumerate(answers)
            if len(prepared[place]) == HEIGHT and answer.least < _SURE and self.is_quick
        ]
        second = answers.copy()
        self._take({HEIGHT: self._exact}, prepared, numeric, unsure, second)
        return [
            max(pair, key=lambda answer: (answer.text != "", answer.least))
            for pair in zip(answers, second, strict=True)
        ]

    def _take(
        self,
        models: Mapping[int, _Model],
        prepared: Sequence[Pixels],
        numeric: Sequence[bool],
        places: Sequence[int],
        answers: list[Letters],
    ) -> None:
        """Puts into `answers` what the crops at these places say, those of about one size together."""
        order = sorted(places, key=lambda place: prepared[place].shape)
        start = 0
        while start < len(order):
            end = start + 1
            height, width = prepared[order[start]].shape
            while (
                end < len(order)
                and prepared[order[end]].shape == (height, width)
                and (end - start) * width < _BATCH_PIXELS
            ):
                end += 1
            batch = order[start:end]
            model = models[height]
            for place, steps in zip(batch, model.run(np.stack([prepared[place] for place in batch])), strict=True):
                number = _number(model, steps) if numeric and numeric[place] else None
                answers[place] = number or _letters(model, steps)
            start = end


def _loaded(data: bytes, characters: Sequence[str]) -> _Model:
    try:
        return _Model(data, characters)
    except _NO_MODEL as error:
        raise UnknownModelError(str(error)) from error


def _reads_alike(quick: _Model, whole: _Model) -> bool:
    """Does the quick form read a line of digits as the whole model does, and as it was drawn?

    The file may change so that its bytes are patched as before, and mean something else.
    """
    drawn = np.full((HEIGHT, -(-len(_KNOWN_LINE) * 29 // STEP) * STEP), 255, dtype=np.uint8)
    cv2.putText(drawn, _KNOWN_LINE, (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0.0,), 2, cv2.LINE_AA)
    low = cv2.resize(drawn, (drawn.shape[1] * 5 // 8 // STEP * STEP, LOW), interpolation=cv2.INTER_AREA)
    try:
        steps = quick.run(low[None])
    except _NO_MODEL:
        return False
    is_known = steps.shape == (1, low.shape[1] // STEP, len(quick.characters))
    return is_known and all(
        _letters(model, read).text == _KNOWN_LINE
        for model, read in ((quick, steps[0]), (whole, whole.run(drawn[None])[0]))
    )


def _number(model: _Model, steps: Steps) -> Letters | None:
    """The reading as a number; None where some step says that it is none."""
    folded = np.add.reduceat(steps[:, model.figures], model.folds, axis=1)
    rest = 1.0 - folded.sum(axis=1)
    if (rest > folded.max(axis=1)).any():
        return None
    return _decoded(folded, ["", *(character for character, _ in _LOOKALIKES)])


def _letters(model: _Model, steps: Steps) -> Letters:
    for half, full in model.stops:
        steps[:, full] += steps[:, half]
        steps[:, half] = 0
    return _decoded(steps, model.characters)


def _decoded(steps: Steps, characters: Sequence[str]) -> Letters:
    best = steps.argmax(axis=1)
    first = np.flatnonzero((best != _BLANK) & (best != np.concatenate(([_BLANK], best[:-1]))))
    if not len(first):
        return NOTHING
    kinds, sure, places = [], [], []
    for start in first.tolist():
        end = start + 1
        while end < len(best) and best[end] == best[start]:
            end += 1
        kinds.append(int(best[start]))
        sure.append(float(steps[start:end, best[start]].max()))
        places.append((start + end) / 2 / len(best))
    text = "".join(characters[kind] for kind in kinds)
    return Letters(text, _sequence_probability(steps, kinds), min(sure), tuple(places), tuple(sure))


def _sequence_probability(steps: Steps, kinds: Sequence[int]) -> float:
    """Of all ways to lay this sequence over the steps: a character that was nearly dropped or doubled lowers it."""
    count = 2 * len(kinds) + 1
    if count > 2 * len(steps) + 1:
        return 0.0
    labels = np.full(count, _BLANK)
    labels[1::2] = kinds
    may_skip = np.zeros(count)
    may_skip[3::2] = labels[3::2] != labels[1:-2:2]
    skipped = may_skip[2:]
    odds = steps[:, labels].astype(np.float64)
    chance = np.zeros(count)
    chance[:2] = odds[0, :2]
    for row in odds[1:]:
        following = chance.copy()
        following[1:] += chance[:-1]
        following[2:] += chance[:-2] * skipped
        following *= row
        chance = following
    return float(min(chance[-1] + chance[-2], 1.0))


def _padded(crop: Pixels) -> Pixels:
    """The crop with white at its end, so that crops of about one width are read together."""
    width = crop.shape[1]
    room = max(-(-width // STEP) * STEP, _NARROWEST)
    if room == width:
        return crop
    padded = np.full((len(crop), room), 255, dtype=np.uint8)
    padded[:, :width] = crop
    return padded


def _raised(crop: Pixels) -> Pixels:
    """A low crop for the whole model, where there is no quick form."""
    return cv2.resize(crop, (crop.shape[1], HEIGHT), interpolation=cv2.INTER_LINEAR)


@cache
def recogniser() -> Recogniser:
    """The one recogniser of this process; loading takes a third of a second."""
    found = find_spec("rapidocr")
    path = Path(found.origin).parent / MODEL if found is not None and found.origin else None
    if path is None or not path.is_file():
        raise UnreadableError(
            "picture_without_ocr", "the model of rapidocr 3 is not installed: pip install nianbao[ocr]"
        )
    return Recogniser(path)
