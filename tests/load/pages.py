"""x."""


def run(site):
    return []
