from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Document',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=12)),
                ('code', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('title', fields.CharField(max_length=200)),
                ('subtitle', fields.CharField(default='', max_length=200)),
                ('words', fields.TextField(default='', unique=False)),
                ('min_tier', fields.SmallIntField(default=0)),
                ('uses', fields.BigIntField(default=0)),
            ],
            options={'table': 'search_document', 'app': 'search', 'unique_together': (('kind', 'code'),), 'indexes': [Index(fields=['region'], name='search_document_region')], 'pk_attr': 'id', 'table_description': 'One thing that can be found; `words` are aliases, separated by spaces.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Use',
            fields=[
                ('case_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=80)),
            ],
            options={'table': 'search_use', 'app': 'search', 'pk_attr': 'case_id', 'table_description': "A submitted case that was counted once for its item's popularity."},
            bases=['Model'],
        ),
    ]
