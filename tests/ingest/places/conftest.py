"""A web site for each test."""

from collections.abc import Iterator

import pytest

from .serving import Site, serve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site
