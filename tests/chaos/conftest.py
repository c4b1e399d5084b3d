"""One installation for all chaos tests of a run."""

from collections.abc import Iterator

import pytest

from tests.chaos.rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The installation that is broken."""
    with Rig(tmp_path_factory.mktemp("chaos")).up() as rig:
        yield rig
