"""Asks the language model that the operator configured for one text; any OpenAI-compatible address."""

from http import HTTPStatus

import openai
from django.conf import settings

SECONDS = 20.0  # of silence, and for the whole answer of a server that does not stream
CONNECT = 5.0
MOST_TOKENS = 700
LONGEST_PAUSE = 60.0

Talk = list[dict[str, str]]  # role and content, as the protocol has them


class AiError(Exception):
    """There is no text; `permanent`: asking again would change nothing. `pause`: seconds that the server asks for."""

    def __init__(self, sentence: str, *, permanent: bool, pause: float | None = None) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.pause = pause


def complete(talk: Talk, *, seconds: float = SECONDS) -> str:
    """The model's answer as it comes; raises AiError. One try: whoever asks decides when to ask again."""
    limits = openai.Timeout(seconds, connect=min(CONNECT, seconds))
    try:
        with openai.OpenAI(
            base_url=settings.AI_BASE_URL,
            api_key=settings.AI_API_KEY or "none",
            timeout=limits,
            max_retries=0,
        ) as client:
            answer = client.chat.completions.create(
                model=settings.AI_MODEL,
                messages=talk,  # type: ignore[arg-type]
                max_tokens=MOST_TOKENS,
            )
            return _text(answer)
    except openai.APITimeoutError as error:
        raise AiError("The model did not answer in time.", permanent=False) from error
    except openai.APIConnectionError as error:
        raise AiError("The model’s address does not answer.", permanent=False) from error
    except openai.APIStatusError as error:
        raise _refused(error) from error
    except (openai.OpenAIError, ValueError, TypeError) as error:
        raise AiError(
            "What the model’s address answered is no answer of a model.", permanent=False
        ) from error


def _text(answer: object) -> str:
    """The first choice's text; an address that is none of a model's may answer anything at all."""
    choices = getattr(answer, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    text = getattr(message, "content", None)
    if not isinstance(text, str):
        raise TypeError("no text in it")
    return text


def _refused(error: openai.APIStatusError) -> AiError:
    status = error.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "The model is asked too often just now."
        return AiError(sentence, permanent=False, pause=_pause(error.response.headers.get("retry-after", "")))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return AiError(f"The model’s address has a fault of its own ({status}).", permanent=False)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return AiError("The model’s address does not accept the key.", permanent=True)
    return AiError(f"The model’s address refuses what it was asked ({status}).", permanent=True)


def _pause(given: str) -> float | None:
    """The seconds of a Retry-After; a date, which this header may also be, counts as none."""
    try:
        return min(max(float(given), 0.0), LONGEST_PAUSE)
    except ValueError:
        return None
