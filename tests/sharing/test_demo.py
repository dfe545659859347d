"""The demo catalogue is drafted at seeding, published when registries answer, and only once."""

from app_server.kernel import db
from app_server.sharing import seed
from app_server.sharing import service as sharing
from app_server.sharing.models import DataService, Grant, Resource


async def test_the_demo_is_published_through_the_service_and_a_second_run_changes_nothing(
    simulators, database, deliver
):
    await seed.seed()
    assert {row.state for row in await Resource.all()} == {"draft"}
    await deliver()
    services = {row.code: row for row in await DataService.all()}
    assert {row.state for row in services.values()} == {"published"}
    assert services["rental.eligibility"].kind == "flow"
    assert await Grant.filter(state="granted").count() == 2
    before = await db.rows("SELECT id, version FROM sharing_resource ORDER BY id")
    await seed.seed()
    await deliver()
    await sharing.finish_demo()
    assert await db.rows("SELECT id, version FROM sharing_resource ORDER BY id") == before
    assert await Grant.all().count() == 2
    assert await sharing.probe_all() == 0
