"""Finds which of the host's questions somebody has asked, in their own words and with their typing errors.

The score of a phrasing for something typed, 0 to 100:

    score = 100 * 2 * P * Q / (P + Q)

`P` is the share of the phrasing's weight that was typed, `Q` the share of the typed weight that the entry has in any
of its phrasings. So both what is missing and what is said beyond it take away. A word weighs 1; one that only asks
(how, when, ile) 0.5; one that stands in most of several entries (such as the name of the course) 0.5 as well; a typed
word that no entry knows 1.5, for it is most likely what the question is about. A word that was typed with an error
counts for 1 minus half the share of its letters that are wrong. A message of several sentences counts by its best
one, less 5 for each other sentence that says something. An entry's score is that of its best phrasing.

No framework, no outside service: words are compared by their stems (Snowball) and, where a word is known to no
entry, by the distance of letters (RapidFuzz).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat import stems

DEFAULT_THRESHOLD = 70
LIGHT = 0.5
UNKNOWN = 1.5
COMMON_FROM = 3  # entries, before a word can be called common among them
OTHER_SENTENCE = 5  # points
MOST_SENTENCES = 4  # beyond that it is a letter, not one of the simple questions
NEAREST = 3
MOST_SLIPS = (
    12  # unknown words of a sentence that are compared letter by letter: each asks all words of the list
)

Found = dict[int, float]  # a word of the index, and how sure it is that it was typed


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the host's questions as the matcher needs it; its question is a phrasing too."""

    key: int
    language: str
    question: str
    phrasings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How near an entry is to what was typed: `score` 0 to 100, by which of its phrasings."""

    key: int
    score: int
    phrasing: str


@dataclass(frozen=True, slots=True)
class _Phrasing:
    key: int
    text: str
    weight: float


class Matcher:
    """The host's questions, prepared once: every word's forms, and which phrasings hold it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_language: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_language[stems.base_language(entry.language)].append(entry)
        self._indexes = [_Index(language, rows) for language, rows in by_language.items()]

    def rank(self, text: str, most: int = NEAREST) -> list[Match]:
        """The nearest entries, nearest first; none for what shares no word with any."""
        best: dict[int, Match] = {}
        for index in self._indexes:
            for match in index.matches(text):
                known = best.get(match.key)
                if known is None or match.score > known.score:
                    best[match.key] = match
        return sorted(best.values(), key=lambda match: -match.score)[:most]


class _Index:
    """The entries of one language."""

    def __init__(self, language: str, entries: Sequence[Entry]) -> None:
        self.language = language
        self.words: dict[str, int] = {}  # every form of every word
        self.weights: list[float] = []
        self.holders: list[list[int]] = []  # of each word, the phrasings
        self.entries: list[set[int]] = []  # of each word, the entries
        self.phrasings: list[_Phrasing] = []
        texts = [(entry.key, text) for entry in entries for text in (entry.question, *entry.phrasings)]
        split = [(key, text, self._known(text)) for key, text in texts]
        self._weigh(split, len(entries))
        for key, text, known in split:
            if known:
                weight = sum(self.weights[word] for word in known)
                for word in known:
                    self.holders[word].append(len(self.phrasings))
                    self.entries[word].add(key)
                self.phrasings.append(_Phrasing(key, text, weight))
        # A word is compared whole, not by its stem: two stems of few letters are near each other by chance.
        self.spelt = {form: word for form, word in self.words.items() if len(form) >= _SHORTEST}
        self.spellings = list(self.spelt)

    def _known(self, text: str) -> dict[int, None]:
        """The words of a phrasing, made known to the index; each once, in order."""
        known: dict[int, None] = {}
        for word in stems.words(text, self.language):
            forms = stems.forms(word, self.language)
            number = next((self.words[form] for form in forms if form in self.words), len(self.weights))
            if number == len(self.weights):
                self.weights.append(LIGHT if stems.asks(word, self.language) else 1.0)
                self.holders.append([])
                self.entries.append(set())
            for form in forms:
                self.words.setdefault(form, number)
            known[number] = None
        return known

    def _weigh(self, split: Sequence[tuple[int, str, dict[int, None]]], entries: int) -> None:
        """Give half weight to what most of the entries share."""
        if entries < COMMON_FROM:
            return
        pairs = {(word, key) for key, _text, known in split for word in known}
        for word, count in Counter(word for word, _key in pairs).items():
            if count >= COMMON_FROM and count > entries / 2:
                self.weights[word] = LIGHT

    def matches(self, text: str) -> list[Match]:
        """Every phrasing's entry that shares a word with the text, scored; an entry may come several times."""
        parts = [words for part in stems.sentences(text) if (words := stems.words(part, self.language))]
        if not parts or len(parts) > MOST_SENTENCES:
            return []
        lost = OTHER_SENTENCE * (len(parts) - 1)
        found = [match for words in parts for match in self._of_sentence(words, lost)]
        if len(parts) > 1:  # a question that somebody broke into lines
            found += self._of_sentence([word for words in parts for word in words], 0)
        return found

    def _of_sentence(self, words: Sequence[str], lost: int) -> list[Match]:
        typed, weight = self._look_up(words)
        shared: dict[int, float] = defaultdict(float)  # by phrasing
        known: dict[int, float] = defaultdict(float)  # by entry
        for word, sure in typed.items():
            amount = sure * self.weights[word]
            for number in self.holders[word]:
                shared[number] += amount
            for key in self.entries[word]:
                known[key] += amount
        matches = []
        for number, amount in shared.items():
            phrasing = self.phrasings[number]
            asked, had = amount / phrasing.weight, known[phrasing.key] / weight
            score = round(200 * asked * had / (asked + had)) - lost
            if score > 0:
                matches.append(Match(phrasing.key, score, phrasing.text))
        return matches

    def _look_up(self, words: Sequence[str]) -> tuple[Found, float]:
        """Which known words were typed, and the weight of all that was typed."""
        typed: Found = {}
        unknown, slips = 0.0, 0
        for word in dict.fromkeys(words):
            number, sure = self._number(word)
            if number is None and slips < MOST_SLIPS:
                slips += 1
                number, sure = self._meant(word)
            if number is None:
                unknown += LIGHT if stems.asks(word, self.language) else UNKNOWN
            else:
                typed[number] = max(sure, typed.get(number, 0.0))
        return typed, unknown + sum(self.weights[number] for number in typed)

    def _number(self, word: str) -> tuple[int | None, float]:
        for form in stems.forms(word, self.language):
            if form in self.words:
                return self.words[form], 1.0
        return None, 0.0

    def _meant(self, word: str) -> tuple[int | None, float]:
        """The known word that was typed with an error."""
        plain = stems.fold(word)
        if len(plain) < _SHORTEST or plain.isdigit():
            return None, 0.0
        near = process.extractOne(
            plain, self.spellings, scorer=OSA.distance, score_cutoff=_errors(len(plain))
        )
        if near is None or not _is_slip(plain, near[0], int(near[1])):
            return None, 0.0
        return self.spelt[near[0]], 1 - near[1] / max(len(plain), len(near[0])) / 2


_SHORTEST = 4  # letters; shorter words are near too many others


def _errors(letters: int) -> int:
    """How many letters may be wrong in a word that long."""
    return 1 if letters < 8 else 2


def _is_slip(typed: str, meant: str, errors: int) -> bool:
    """Whether it is an error of typing rather than another word; in a short word one letter makes another word."""
    if errors > _errors(min(len(typed), len(meant))) or typed[0] != meant[0]:
        return False
    short = len(typed) == _SHORTEST == len(meant)
    return not short or sorted(typed) == sorted(meant)
