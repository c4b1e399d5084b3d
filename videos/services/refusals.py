"""The one way in which services of videos say no."""


class Refused(Exception):
    """Not done, and nothing changed by half: a code for programs and a sentence for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
