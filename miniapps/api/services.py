"""Services of apps without pages: their forms, and their answers."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from miniapps import service
from miniapps.schemas.residents import (
    EntryView,
    FormAsked,
    FormView,
    LineView,
    ServiceAsked,
    ServiceView,
)

USES = Limit("miniapp-service", 30, 60, fail_closed=True)


@endpoint("POST", "/launches/{launch_id}/forms/{key}", guard=anyone(), limit=USES)
async def read_form(call: Call, launch_id: UUID, key: str, body: FormAsked) -> FormView:
    """The form of a service."""
    form = await service.form_of(call.principal, launch_id, body.token, key)
    return FormView(schema=form.schema, ui=form.ui, title=form.title, note=form.note)


@endpoint("POST", "/launches/{launch_id}/services/{key}", guard=anyone(), limit=USES)
async def use_service(call: Call, launch_id: UUID, key: str, body: ServiceAsked) -> ServiceView:
    """Use a service of the app I opened."""
    told = await service.use_service(call.principal, launch_id, body.token, key, body.params)
    return ServiceView(
        kind=told.kind,
        title=told.title,
        fields=[LineView(**asdict(line)) for line in told.fields],
        items=[
            EntryView(
                title=entry.title,
                summary=entry.summary,
                fields=[LineView(**asdict(line)) for line in entry.fields],
            )
            for entry in told.items
        ],
        text=told.text,
        next=told.next,
    )
