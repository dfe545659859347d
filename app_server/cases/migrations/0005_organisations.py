from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('cases', '0004_evidence_stays')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Case',
            name='applicant',
            field=fields.CharField(max_length=120),
        ),
        ops.AddField(
            model_name='Case',
            name='delegation_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Case',
            name='organisation_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['organisation_id', 'id'], name='cases_case_organisation'),
        ),
    ]
