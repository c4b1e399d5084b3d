"""Turns what people type into words that can be compared: folded, without filler, cut to their stems."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer

LONGEST = 80  # words of one text that are looked at; nobody asks a simple question in more
LONGEST_WORD = 40  # letters of one that are compared, and kept with its forms

_ALGORITHMS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nb": "norwegian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish",
}  # fmt: skip
# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "œ": "oe",
        "æ": "ae",
        "’": "'",
        "ʼ": "'",
        "`": "'",
        "€": " euro ",
        "$": " dollar ",
    }
)
_WORD = re.compile(r"\w+(?:'\w+)*")
_SENTENCE_END = re.compile(r"[.?!…\n]+")
_FRENCH_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)'")
_ENGLISH_NOT = re.compile(
    r"^(?:can|don|doesn|didn|won|isn|aren|couldn|wouldn|haven|hasn|wasn|weren|shouldn)'?t$|^cannot$"
)
NOT = "not"

# Filler: it stands in every question and says nothing of what is asked. Words that turn a question round
# ("not", "without", "before") or say what it is about ("long", "free") are never among them.
_FILLER = {
    "en": """a an the is are was were be been being am do does did have has had can could will would shall should may
        might must i me my mine we us our you your he she it its they them their this that these those there here
        of to in on at for from with by as and or but so if than then also just please pls plz thanks thank hi hello
        hey dear good morning evening afternoon ok okay well um hmm oh tell know let want wanted like wondering ask
        asking question any some about get one i'm i'd i've it's that's what's there's you're let's s m d ll re ve
        quick sorry guys team everyone everybody really maybe actually by way find""",
    "fr": """le la les un une des du de au aux est sont etait suis es etes sommes etre ai as a avons avez ont avoir je
        j tu il elle on nous vous ils elles me m te t se s lui leur moi toi mon ma mes ton ta tes son sa ses notre nos
        votre vos ce c cet cette ces cela ca que qu qui y en dans sur pour par avec et ou mais donc si ne n l d
        bonjour bonsoir salut merci svp stp plait sil s'il veuillez pourriez pouvez peux peut puis pourrais voudrais
        veux savoir dire dites question demander aimerais faut fait faire est-ce dois doit alors bien tres aussi
        deja juste petite petit possible madame monsieur coucou trouver trouve""",
    "pl": """a i oraz lub albo ale bo to ten ta te tego tej tym tych ci jest sa byl byla bylo byc bede bedzie beda mam
        masz ma mamy macie maja ja ty on ona ono my wy oni mnie mi mam ciebie cie ci go jej ich nam nas wam was moj
        moja moje swoj sie w we na do od z ze za po o u przy dla przez czy ze zeby aby by niech prosze dzieki
        dziekuje dzien dobry wieczor witam witajcie czesc hej halo chcialbym chcialabym chce moge mozna mozemy
        moglibyscie powiedziec powiedzcie wiedziec pytanie zapytac mozecie moze tez takze juz tylko tak no jakies
        jakis jakas panstwo pan pani tu tam znajde znalezc""",
}
FILLER = {language: frozenset(words.split()) for language, words in _FILLER.items()}

# Words that ask. They count half: "how much", "how long" and "how do I" are told apart by them, but two questions
# that share nothing else share nothing.
_ASKING = {
    "en": "what when where how who whom whose which why much many time long",
    "fr": "quand ou comment combien quel quelle quels quelles pourquoi quoi qui temps",
    "pl": """co kiedy gdzie jak ile kto ktory ktora ktore ktorego ktorej dlaczego czemu skad jaki jaka jakie jakiej
        dlugo""",
}
ASKING = {language: frozenset(words.split()) for language, words in _ASKING.items()}

_stemmers = threading.local()  # a stemmer keeps the word it is at work on


def fold(text: str) -> str:
    """Lower case without accents, so that "Où" and "ou", "Zapisać" and "zapisac" are the same."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def sentences(text: str) -> list[str]:
    """The parts of a text that end with a point, a question mark or a line."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def base_language(language: str) -> str:
    """ "fr" for "fr-CA"."""
    return language.partition("-")[0].lower()


def words(text: str, language: str) -> list[str]:
    """The words of a text that say something, as typed but for case and the little words that cling to them."""
    code = base_language(language)
    filler = FILLER.get(code, frozenset())
    found = []
    for typed in _WORD.findall(text.casefold().translate(_LETTERS))[:LONGEST]:
        word = _unclung(typed, code)[:LONGEST_WORD]
        if fold(word) not in filler and word:
            found.append(word)
    return found


def _unclung(word: str, code: str) -> str:
    if code == "en":
        if _ENGLISH_NOT.match(word):
            return NOT
        return word.partition("'")[0] if word.endswith(("'s", "'m", "'d", "'re", "'ve", "'ll")) else word
    return _FRENCH_ELISION.sub("", word) if code == "fr" else word


@lru_cache(maxsize=50_000)
def forms(word: str, language: str) -> tuple[str, ...]:
    """What a word may be met as: folded whole, its stem, and the stem of its folded form.

    People leave out accents, and stemmers cut a word with and without them in different places.
    """
    plain = fold(word)
    stem = _stemmer(base_language(language))
    return tuple(dict.fromkeys((plain, fold(stem(word)), stem(plain)))) if stem else (plain,)


def _stemmer(code: str) -> Any:
    algorithm = _ALGORITHMS.get(code)
    if algorithm is None:
        return None
    kept = _stemmers.__dict__
    if code not in kept:
        kept[code] = snowballstemmer.stemmer(algorithm)
    return kept[code].stemWord


def asks(word: str, language: str) -> bool:
    """Whether it is a word that asks rather than one that says what about."""
    return fold(word) in ASKING.get(base_language(language), frozenset())
