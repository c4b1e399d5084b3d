"""Three questions that every webinar gets, for hosts to begin with: when, how to apply, what it costs.

Content, not interface: the webinar's language decides. The answers are neutral and have a gap, marked by an ellipsis,
which only the host can fill; so they are added switched off.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A question with the ways people ask it, and an answer to begin from."""

    question: str
    phrasings: tuple[str, ...]
    answer: str


_EN = (
    Sample(
        "When does it start?",
        (
            "What are the dates?",
            "Start date",
            "When is the next course?",
            "On which days does it take place?",
            "When do we begin?",
            "Is there a schedule with the dates?",
        ),
        "The next one starts on …. All dates are at ….",
    ),
    Sample(
        "How do I apply?",
        (
            "How can I sign up?",
            "Where do I register?",
            "How do I enrol in the course?",
            "Where is the application form?",
            "How do I join?",
            "How do I book a place?",
        ),
        "You apply at …. It takes a few minutes, and you hear from us within … days.",
    ),
    Sample(
        "How much does it cost?",
        (
            "What is the price?",
            "What does the course cost?",
            "How much is it?",
            "What do I have to pay?",
            "What are the fees?",
            "How expensive is it?",
        ),
        "It costs …. That includes …. You can pay by ….",
    ),
)

_FR = (
    Sample(
        "Quelles sont les dates ?",
        (
            "Quand est-ce que ça commence ?",
            "Date de début",
            "Quand débute la formation ?",
            "C’est quand la prochaine session ?",
            "Quels jours ont lieu les cours ?",
            "Y a-t-il un calendrier ?",
        ),
        "La prochaine session commence le …. Toutes les dates sont sur ….",
    ),
    Sample(
        "Comment s’inscrire ?",
        (
            "Où puis-je m’inscrire ?",
            "Comment se passe l’inscription ?",
            "Où est le formulaire d’inscription ?",
            "Comment déposer ma candidature ?",
            "Comment postuler ?",
            "Comment réserver une place ?",
        ),
        "L’inscription se fait sur …. Elle prend quelques minutes, et nous vous répondons sous … jours.",
    ),
    Sample(
        "Combien ça coûte ?",
        (
            "Quel est le prix ?",
            "Quel est le tarif de la formation ?",
            "Quels sont les frais ?",
            "C’est combien ?",
            "Combien faut-il payer ?",
            "Est-ce que c’est cher ?",
        ),
        "Le prix est de …. Il comprend …. Vous pouvez payer par ….",
    ),
)

_PL = (
    Sample(
        "Jakie są terminy?",
        (
            "Kiedy się zaczyna?",
            "Data rozpoczęcia",
            "Kiedy startuje kurs?",
            "Kiedy jest następna edycja?",
            "W jakie dni są zajęcia?",
            "Czy jest harmonogram?",
        ),
        "Najbliższa edycja zaczyna się …. Wszystkie terminy są na stronie ….",
    ),
    Sample(
        "Jak się zapisać?",
        (
            "Gdzie mogę się zapisać?",
            "Jak wyglądają zapisy?",
            "Gdzie jest formularz zgłoszeniowy?",
            "Jak się zgłosić?",
            "Jak dołączyć do kursu?",
            "Jak zarezerwować miejsce?",
        ),
        "Zapisujesz się na stronie …. Zajmuje to kilka minut, a odpowiadamy w ciągu … dni.",
    ),
    Sample(
        "Ile to kosztuje?",
        (
            "Jaka jest cena?",
            "Jaki jest koszt kursu?",
            "Ile trzeba zapłacić?",
            "Ile wynosi opłata?",
            "Jaki jest cennik?",
            "Czy to drogie?",
        ),
        "Kosztuje …. W cenie jest …. Zapłacić możesz ….",
    ),
)

_BY_LANGUAGE = {"en": _EN, "fr": _FR, "pl": _PL}


def samples(language: str) -> tuple[Sample, ...]:
    """The three in a webinar's language, such as "fr" or "fr-CA"; in English where there are none."""
    return _BY_LANGUAGE.get(language.partition("-")[0].lower(), _EN)
