"""A vision-language model behind an OpenAI-compatible endpoint that answers three questions about an edit.

Every valid answer is kept in the user's cache under a digest of model, question, instruction and pixels: what was asked once is not
paid for again, whatever build it is in. What the model writes is data: an answer counts when it is a JSON object with the three
marks, each within bounds, and is asked for again otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import msgspec

from ieiw.models.endpoint import Endpoint, RefusedError
from ieiw.models.protocols import Judge, JudgeJob, Judgement
from ieiw.triplets.records import Image
from ieiw.triplets.storage.cache import cached

QUESTION = """\
The first picture was edited into the second one. The instruction was:

{instruction}

Answer three questions, each with a mark from 0 (not at all) to 10 (fully):
"follows": did the edit do what the instruction asks, all of it?
"keeps": did everything that the instruction does not speak of stay as it was?
"clean": is the second picture free of visible faults (smears, seams, ghosts, wrong anatomy)?
Answer with one JSON object and nothing else, such as {"follows": 7, "keeps": 9, "clean": 4}."""
_MOST = 10.0
_PROBLEMS = 80  # characters of a reason that are kept


class _Marks(msgspec.Struct):
    """A valid answer."""

    follows: float
    keeps: float
    clean: float


class EndpointJudge(Judge):
    """See the module; the endpoint itself is :class:`~ieiw.models.endpoint.Endpoint`.

    Args:
        base: such as ``http://localhost:8000/v1``; a bare host gets ``/v1``.
        model: as the server calls it; may be empty where the server has just one.
        asks: how often the question is put before an answer that is none is given up.
        parallel: requests at once.
        max_tokens: of one answer, what a reasoning model thinks included.
        timeout: seconds for one answer.
        tries: of one request, at least 1.
        first_pause: seconds before the second try; doubled each time.

    Raises:
        UsageError: ``base`` is no http address.
    """

    name = "endpoint"
    stand_in = False
    cost = 5.0  # not measured; of one answer
    device = "remote"

    def __init__(
        self,
        base: str,
        model: str = "",
        *,
        asks: int = 3,
        parallel: int = 8,
        max_tokens: int = 1024,
        timeout: float = 120.0,
        tries: int = 5,
        first_pause: float = 1.0,
    ) -> None:
        if asks < 1 or parallel < 1:
            raise ValueError("asks and parallel are at least 1")
        self._endpoint = Endpoint(base, model, timeout, tries, first_pause)
        self._asks, self._parallel, self._max_tokens = asks, parallel, max_tokens

    @property
    def batch(self) -> int:
        """How many edits are best given at once."""
        return self._parallel

    def describe(self) -> dict[str, str]:
        """Model and question; the address is no part of it, since the same model may move."""
        question = hashlib.sha256(QUESTION.encode()).hexdigest()
        return {"judge": self.name, "model": self._endpoint.model, "question_sha256": question}

    def judge(self, jobs: Sequence[JudgeJob]) -> list[Judgement]:
        """See :class:`~ieiw.models.protocols.Judge`."""
        with ThreadPoolExecutor(self._parallel) as pool:
            return list(pool.map(self._one, jobs))

    def _one(self, job: JudgeJob) -> Judgement:
        spent: list[int] = []
        try:
            kept = cached(self._key(job), lambda: msgspec.json.encode(self._marks(job, spent)))
        except _NoMarksError as error:
            return Judgement(math.nan, math.nan, math.nan, str(error)[:_PROBLEMS], sum(spent))
        marks = msgspec.json.decode(kept, type=_Marks)
        return Judgement(marks.follows / _MOST, marks.keeps / _MOST, marks.clean / _MOST, tokens=sum(spent))

    def _key(self, job: JudgeJob) -> str:
        pixels = [
            hashlib.sha256(f"{each.shape}".encode() + each.tobytes()).hexdigest() for each in (job.source, job.target)
        ]
        return json.dumps([self.describe(), job.instruction, *pixels], sort_keys=True)

    def _marks(self, job: JudgeJob, spent: list[int]) -> _Marks:
        """Ask until the answer is one.

        Raises:
            _NoMarksError: it never was, or the endpoint takes no such request.
            UsageError: nobody answers.
        """
        text = QUESTION.replace("{instruction}", job.instruction)
        content: list[dict[str, Any]] = [{"type": "text", "text": text}, _shown(job.source), _shown(job.target)]
        problem = ""
        for seed in range(self._asks):
            settings = {"temperature": 0.0 if seed == 0 else 1.0, "max_tokens": self._max_tokens, "seed": seed}
            try:
                answer = self._endpoint.ask(content, settings)
            except RefusedError as error:
                raise _NoMarksError(f"refused: {error}") from error
            spent.append(answer.tokens)
            if marks := read_marks(answer.text):
                return marks
            problem = "no marks in the answer" if answer.text.strip() else "an empty answer"
        raise _NoMarksError(problem)


class _NoMarksError(Exception):
    """The model gave no valid answer."""


def read_marks(text: str) -> _Marks | None:
    """The marks in an answer, whatever stands around the JSON object; None where they are not there or out of bounds."""
    start = text.find("{")
    while start >= 0:
        end = text.find("}", start)
        try:
            marks = msgspec.json.decode(text[start : end + 1], type=_Marks)
            if all(0 <= each <= _MOST for each in (marks.follows, marks.keeps, marks.clean)):
                return marks
        except msgspec.DecodeError:
            pass  # a brace of another kind
        start = text.find("{", start + 1)
    return None


def _shown(picture: Image) -> dict[str, Any]:
    """A picture as part of a message, without loss: artefacts of JPEG would be judged too."""
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{base64.b64encode(data.tobytes()).decode()}"},
    }
