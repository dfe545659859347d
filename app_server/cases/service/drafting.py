"""Opening a draft for an item: tier first, then everything that need not be typed."""

from app_server.cases.errors import NotOnline
from app_server.cases.service.admission import may_apply
from app_server.cases.service.prefill import materials_of, prefill
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel.principal import Principal


async def open_draft(
    principal: Principal, item_code: str, *, held_for: str = ""
) -> forms.DraftFacts:
    """Open a prefilled draft; raises `NoSuchItem`, `ItemTierTooLow`, `NotOnline`.

    Also `IdentityLapsed`, and for an organisation what `capacity.filer_for` raises.
    """
    item = await items.published(item_code)
    filer = await may_apply(principal, item)
    if not item.form_code:
        raise NotOnline
    form = await forms.form(item.form_code)
    known = await prefill(principal, form, f"{item.name}预填", filer)
    return await forms.open_draft(
        forms.NewDraft(
            person_id=principal.subject,
            form=form,
            subject=item.code,
            subject_name=item.name,
            data=known.data,
            sources=known.sources,
            missing=known.missing,
            materials=[dict(m) for m in await materials_of(principal, item, f"{item.name}预填")],
            channel=principal.channel,
            held_for=held_for,
        )
    )
