"""Who closes an account is forgotten: nothing but numbers is left of the customer."""

from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import World


def test_closing_an_account_leaves_no_row_with_personal_data():
    world = World()
    stays, goes = Member(world.server(), "stays"), Member(world.server(), "goes")
    both = set(world.inner.tables["members"])
    world.ask("Accounts.close", goes.close(forfeit=True), "close")
    left = set(world.inner.tables["members"])
    assert len(both) == 2 * len(left)
    assert stays.contact in str(world.inner.tables["members"])
    assert goes.contact not in str(world.inner.tables["members"])
