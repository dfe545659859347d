"""The types that are there from the start (预置目录); the defining body's code is fictional."""

from types import MappingProxyType

from app_server.licences.rules.types import (
    LicenceContentRule,
    LicenceDirectory,
    LicenceFileIndex,
    LicenceFileRule,
    LicenceNumberRule,
    LicenceStyle,
    LicenceTypeSpec,
)


def _spec(code: str, name: str, template: str) -> LicenceTypeSpec:
    return LicenceTypeSpec(
        code=code,
        name=name,
        kind="certificate",
        trust_class="A",
        # A form's own fields come along under their names, and a company may be housed as well.
        holders=["person", "organisation"],
        one_per_holder=True,
        directory=LicenceDirectory(
            number=LicenceNumberRule(with_year=True, digits=9),
            content=LicenceContentRule(fields=[], open=True),
            file=LicenceFileRule(media_type="application/json", seal="SM2"),
            style=LicenceStyle(template=template, title=name, pages=1),
            index=LicenceFileIndex(keys=["identifier", "holder", "issuer", "case"]),
        ),
    )


TYPES = MappingProxyType(
    {
        spec.code: spec
        for spec in (
            _spec("11340000MB0000000M001", "公共租赁住房保障资格证", "housing"),
            _spec("11340000MB0000000M002", "居住证", "residence"),
        )
    }
)
