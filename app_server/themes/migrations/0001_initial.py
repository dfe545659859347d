from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Claim',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('basic', fields.CharField(unique=True, max_length=12)),
                ('name', fields.CharField(max_length=120)),
                ('theme', fields.CharField(default='', max_length=40)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('version', fields.IntField(default=1)),
                ('region', fields.CharField(default='', max_length=12)),
                ('org', fields.CharField(default='', max_length=18)),
                ('item_code', fields.CharField(default='', max_length=33)),
                ('item_version', fields.IntField(default=0)),
                ('round', fields.IntField(default=0)),
                ('replicas', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('timeline', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'themes_claim', 'app': 'themes', 'pk_attr': 'id', 'table_description': 'An item on the claim board: which city builds it, and how far it is.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Expert',
            fields=[
                ('staff_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=60)),
                ('named_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('named_by', fields.CharField(max_length=60)),
            ],
            options={'table': 'themes_expert', 'app': 'themes', 'pk_attr': 'staff_id', 'table_description': 'A staff member whom the province named to review what cities build.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProjectNotice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=60)),
                ('digest', fields.CharField(max_length=64)),
                ('project_code', fields.CharField(max_length=24)),
                ('kind', fields.CharField(max_length=10)),
                ('title', fields.CharField(max_length=120)),
                ('note', fields.CharField(default='', max_length=500)),
                ('document_no', fields.CharField(default='', max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'themes_notice', 'app': 'themes', 'indexes': [Index(fields=['project_code'], name='themes_notice_project')], 'pk_attr': 'id', 'table_description': 'What the investment platform told about a project: once per its number.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('claim_id', fields.UUIDField()),
                ('round', fields.IntField()),
                ('staff_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=60)),
                ('org', fields.CharField(max_length=18)),
                ('passed', fields.BooleanField()),
                ('opinion', fields.CharField(max_length=500)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'themes_review', 'app': 'themes', 'unique_together': (('claim_id', 'round', 'staff_id'),), 'pk_attr': 'id', 'table_description': 'What one expert said about one built round of an entry.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.IntField()),
                ('facts', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_by', fields.CharField(max_length=60)),
            ],
            options={'table': 'themes_template', 'app': 'themes', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'One version of a template; never changed, the highest is in force.'},
            bases=['Model'],
        ),
    ]
