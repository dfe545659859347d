from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('cases', '0010_life_cycle')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Bundle',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('bundle_no', fields.CharField(unique=True, max_length=50)),
                ('person_id', fields.UUIDField()),
                ('organisation_id', fields.UUIDField(null=True)),
                ('applicant', fields.CharField(default='', max_length=120)),
                ('tier', fields.IntField(default=0)),
                ('level', fields.IntField(default=0)),
                ('channel', fields.CharField(default='', max_length=20)),
                ('template', fields.CharField(max_length=60)),
                ('template_version', fields.IntField()),
                ('project_code', fields.CharField(default='', max_length=24)),
                ('name', fields.CharField(max_length=120)),
                ('region', fields.CharField(max_length=12)),
                ('lead_org', fields.CharField(max_length=18)),
                ('lead_name', fields.CharField(max_length=80)),
                ('mode', fields.CharField(max_length=10)),
                ('on_refusal', fields.CharField(max_length=10)),
                ('state', fields.CharField(default='draft', max_length=10)),
                ('answers', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('outputs', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('tasks', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('sessions', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('address', fields.TextField(default='', unique=False)),
                ('parcel', fields.CharField(default='', max_length=10)),
                ('timeline', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('due_on', fields.DateField(null=True)),
                ('due_path', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('due_provisional', fields.BooleanField(default=False)),
                ('extension', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('filed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'cases_bundle', 'app': 'cases', 'indexes': [Index(fields=['person_id', 'id'], name='cases_bundle_person'), Index(fields=['lead_org', 'state', 'id'], name='cases_bundle_lead'), Index(fields=['project_code'], name='cases_bundle_project')], 'pk_attr': 'id', 'table_description': '一件事: parts that hang together, filed once, with one timeline and one answer (R-PAR-02).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BundlePart',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('bundle_id', fields.UUIDField()),
                ('position', fields.IntField()),
                ('code', fields.CharField(max_length=40)),
                ('item_code', fields.CharField(max_length=33)),
                ('item_name', fields.CharField(max_length=120)),
                ('org', fields.CharField(max_length=18)),
                ('department', fields.CharField(max_length=80)),
                ('after', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('days', fields.IntField(default=0)),
                ('unit', fields.CharField(default='workday', max_length=8)),
                ('draft_id', fields.UUIDField(unique=True)),
                ('case_no', fields.CharField(null=True, unique=True, max_length=50)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('held_up', fields.CharField(default='', max_length=200)),
                ('promised_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cases_bundle_part', 'app': 'cases', 'unique_together': (('bundle_id', 'code'),), 'indexes': [Index(fields=['org', 'state'], name='cases_bundle_part_org')], 'pk_attr': 'id', 'table_description': 'One part of a bundle: its draft, and from when it was started its case.'},
            bases=['Model'],
        ),
    ]
