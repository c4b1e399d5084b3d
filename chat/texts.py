"""What Matinee says to attendees in a host's name, in our own words, in each language a webinar can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language. They are content that hosts change, so they follow the webinar, not the reader.

    `live` is for a team that is there on the day, the others for one that may answer later. `by_when` holds what
    `{by_when}` says for each promise; `script` the lines for the film, some with `{when}`; `when` its words.
    `holding` asks for a moment, in a moderator's name and by their hand.
    """

    live_welcome: str
    welcome: str
    live_autoresponder: str
    autoresponder: str
    outside: str
    by_when: Mapping[str, str]
    script: Mapping[str, str]
    when: Mapping[str, str]
    holding: tuple[str, ...]


_EN = Wording(
    live_welcome=(
        "Welcome, {first_name}! We are at the chat throughout today’s webinar: whatever you would like to know, ask"
        " us here. 👋"
    ),
    welcome="Hi {first_name}, good to have you here! If a question comes up while you watch, just ask us. 👋",
    live_autoresponder=(
        "Your question has reached us, {first_name}. It takes us a little longer than usual to answer. We do our"
        " best while the webinar is on; if that does not work out, our answer comes by e-mail {by_when}. Thank you"
        " for waiting!"
    ),
    autoresponder=(
        "Your question has arrived, {first_name}. Answering takes us a little longer right now. If we do not manage"
        " it during the webinar, you get our answer by e-mail. Thank you for waiting!"
    ),
    outside=(
        "Your question has arrived, {first_name}. Nobody is at the chat at this hour, so our answer comes by e-mail."
        " Thank you!"
    ),
    by_when={
        "webinar": "before the webinar ends",
        "today": "before the end of today",
        "tomorrow": "before the end of tomorrow",
        "hours": "within {hours} hours",
        "": "as soon as we can",
    },
    script={
        "live": (
            "Our team is following the chat today. Write your questions there, and we answer as fast as we can type."
        ),
        "hours": (
            "Every question in the chat gets an answer from us. Should the webinar be over first, it comes by e-mail"
            " {when}."
        ),
        "anytime": (
            "Write your questions in the chat: we answer as soon as we can. If nobody answers at once, our answer"
            " comes by e-mail."
        ),
        "mixed": (
            "Write your question beside the film. Where you see a chat we answer in it as soon as we can, and"
            " otherwise by e-mail {when}."
        ),
        "partly": (
            "If you see a chat beside this film, write your questions in it: we answer as soon as we can, and by"
            " e-mail if you have left."
        ),
        "email": "Write your questions in the form beside the film. We answer every one by e-mail {when}.",
    },
    when={"day_end": "before the day is over", "": "as soon as we can"},
    holding=(
        "Good question, {first_name}. Let me look that up, one moment please.",
        "One moment, {first_name}: I am asking a colleague who knows this better.",
        "Thank you, {first_name}. I have read it, and I am working on your answer.",
    ),
)

_FR = Wording(
    live_welcome=(
        "Bienvenue {first_name} ! Toute l’équipe est au chat pendant le webinaire d’aujourd’hui : demandez-nous tout"
        " ce qui vous intéresse. 👋"
    ),
    welcome="Bonjour {first_name}, ravis de vous accueillir ! Une question en regardant ? Écrivez-la-nous ici. 👋",
    live_autoresponder=(
        "Votre question nous est bien parvenue, {first_name}. Y répondre nous demande un peu plus de temps que"
        " d’ordinaire. Nous faisons notre possible avant la fin du webinaire ; sinon, notre réponse arrivera par"
        " e-mail {by_when}. Merci de patienter !"
    ),
    autoresponder=(
        "Votre question est bien arrivée, {first_name}. Il nous faut en ce moment un peu plus de temps pour répondre."
        " Si nous n’y arrivons pas pendant le webinaire, notre réponse vous viendra par e-mail. Merci de patienter !"
    ),
    outside=(
        "Votre question est bien arrivée, {first_name}. Personne n’est au chat à cette heure-ci : notre réponse vous"
        " viendra par e-mail. Merci !"
    ),
    by_when={
        "webinar": "avant la fin du webinaire",
        "today": "avant ce soir minuit",
        "tomorrow": "avant demain soir minuit",
        "hours": "d’ici {hours} heures",
        "": "dès que nous le pourrons",
    },
    script={
        "live": (
            "Notre équipe suit le chat aujourd’hui. Écrivez-y vos questions : nous y répondons aussi vite que nous"
            " savons taper."
        ),
        "hours": (
            "Chaque question posée dans le chat reçoit notre réponse. Si le webinaire se termine avant, elle arrive"
            " par e-mail {when}."
        ),
        "anytime": (
            "Posez vos questions dans le chat : nous y répondons dès que possible. Si personne ne répond tout de"
            " suite, notre réponse arrive par e-mail."
        ),
        "mixed": (
            "Écrivez votre question à côté du film. Là où vous voyez un chat, nous y répondons dès que possible,"
            " et sinon par e-mail {when}."
        ),
        "partly": (
            "Si vous voyez un chat à côté de ce film, écrivez-y vos questions : nous y répondons dès que possible,"
            " et par e-mail si vous n’êtes plus là."
        ),
        "email": (
            "Écrivez vos questions dans le formulaire à côté du film. Chacune reçoit une réponse par e-mail {when}."
        ),
    },
    when={"day_end": "dans la journée", "": "dès que nous le pouvons"},
    holding=(
        "Bonne question, {first_name}. Je vérifie, un instant s’il vous plaît.",
        "Un instant, {first_name} : je demande à quelqu’un qui connaît mieux le sujet.",
        "Merci, {first_name}. J’ai bien lu votre message et je prépare ma réponse.",
    ),
)

_PL = Wording(
    live_welcome=(
        "Witaj, {first_name}! Przez cały dzisiejszy webinar jesteśmy na czacie: pytaj śmiało o wszystko, co Cię"
        " ciekawi. 👋"
    ),
    welcome="Cześć {first_name}, dobrze, że jesteś! Jeśli coś Cię po drodze zaciekawi, napisz do nas tutaj. 👋",
    live_autoresponder=(
        "Twoje pytanie do nas dotarło, {first_name}. Odpowiedź zajmie nam trochę więcej czasu niż zwykle. Postaramy"
        " się zdążyć w trakcie webinaru, a jeśli się nie uda, odpiszemy e-mailem {by_when}. Dziękujemy, że czekasz!"
    ),
    autoresponder=(
        "Twoje pytanie już do nas dotarło, {first_name}. Odpowiedź zajmie nam teraz trochę więcej czasu. Jeśli nie"
        " zdążymy podczas webinaru, odpiszemy e-mailem. Dziękujemy, że czekasz!"
    ),
    outside=(
        "Twoje pytanie już do nas dotarło, {first_name}. O tej porze nikogo nie ma na czacie, więc odpiszemy e-mailem."
        " Dziękujemy!"
    ),
    by_when={
        "webinar": "przed końcem webinaru",
        "today": "jeszcze dzisiaj",
        "tomorrow": "najpóźniej jutro",
        "hours": "w ciągu {hours} godz.",
        "": "najszybciej, jak się da",
    },
    script={
        "live": (
            "Nasz zespół śledzi dziś czat. Napisz tam swoje pytanie, a odpowiemy tak szybko, jak potrafimy pisać."
        ),
        "hours": (
            "Na każde pytanie z czatu odpowiadamy. Jeśli webinar skończy się wcześniej, odpowiedź przyjdzie e-mailem"
            " {when}."
        ),
        "anytime": (
            "Pytania wpisuj na czacie: odpowiemy, gdy tylko będzie to możliwe. Jeśli nikt nie odpisze od razu,"
            " odpowiedź przyjdzie e-mailem."
        ),
        "mixed": (
            "Napisz swoje pytanie obok filmu. Tam, gdzie widać czat, odpowiemy na nim jak najszybciej, a w innym razie"
            " e-mailem {when}."
        ),
        "partly": (
            "Jeśli obok tego filmu widać czat, wpisz tam swoje pytania: odpowiemy jak najszybciej, a jeśli już Cię nie"
            " będzie, e-mailem."
        ),
        "email": "Pytania wpisuj w formularzu obok filmu. Na każde odpowiemy e-mailem {when}.",
    },
    when={"day_end": "jeszcze tego samego dnia", "": "najszybciej, jak się da"},
    holding=(
        "Dobre pytanie, {first_name}. Już to sprawdzam, proszę o chwilę.",
        "Chwileczkę, {first_name}: pytam osobę, która zna się na tym lepiej.",
        "Dziękuję za wiadomość, {first_name}. Pracuję już nad odpowiedzią.",
    ),
)

_BY_LANGUAGE = {"en": _EN, "fr": _FR, "pl": _PL}
LANGUAGES = tuple(_BY_LANGUAGE)


def of(language: str) -> Wording:
    """The texts of a webinar's language, such as "fr" or "fr-CA"; English where there are none."""
    return _BY_LANGUAGE.get(language.partition("-")[0].lower(), _EN)


SAID = {
    "welcome_text": ("welcome", "live_welcome"),
    "autoresponder_text": ("autoresponder", "live_autoresponder"),
    "outside_text": ("outside",),
}
"""The automatic texts of a kind of session, each with those of ours that may stand there, the usual one first."""


def default(name: str, language: str, known: Mapping[str, str]) -> str:
    """What is said in a language for which a host has written nothing.

    `known` holds what stands there in the host's other languages: where that is one of ours, its counterpart.
    """
    ours = of(language)
    for other, text in known.items():
        for field in SAID[name]:
            if text == getattr(of(other), field):
                return str(getattr(ours, field))
    return str(getattr(ours, SAID[name][0]))


def by_when(word: Any, hours: int, language: str) -> str:
    """A promise in words, for `{by_when}`; `word` is a `rules.ByWhen`, None for no promise."""
    known = of(language).by_when
    return known.get(str(word or ""), known[""]).replace("{hours}", str(hours))
