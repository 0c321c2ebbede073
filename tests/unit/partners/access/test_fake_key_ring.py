import pytest

from tests.fakes.key_ring import FakeKeyRing
from tests.support.key_ring_contract import KeyRingContract


class TestFakeKeyRing(KeyRingContract):
    @pytest.fixture
    def ring(self) -> FakeKeyRing:
        return FakeKeyRing()
