"""Corrects a team's colour so that it can be read in a mail, by day and by night."""

VELVET, VELVET_NIGHT = "#871c47", "#df95b0"
_PAPER, _RAISED = "#fdfbf9", "#241c23"
_ENOUGH = 4.5

Rgb = tuple[int, int, int]


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    """Relative luminance after WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21."""
    light, dark = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _towards(colour: str, ground: str, end: str) -> str:
    """The colour, moved towards `end` (black or white) until it can be read on `ground`."""
    start, goal = _rgb(colour), _rgb(end)
    for step in range(21):
        mixed = [round(a + (b - a) * step / 20) for a, b in zip(start, goal, strict=True)]
        found = "#{:02x}{:02x}{:02x}".format(*mixed)
        if contrast(found, ground) >= _ENOUGH:
            return found
    return end


def act_colours(colour: str) -> tuple[str, str]:
    """The colour of buttons by day (under white) and by night (on the raised ground); velvet if a team has none."""
    try:
        _rgb(colour)
    except (ValueError, IndexError):
        return VELVET, VELVET_NIGHT
    return _towards(colour, _PAPER, "#000000"), _towards(colour, _RAISED, "#ffffff")
