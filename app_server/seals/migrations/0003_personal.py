from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('seals', '0002_life_and_certificates')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PersonalSignature',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('item', fields.CharField(max_length=40)),
                ('about', fields.CharField(max_length=120)),
                ('content_digest', fields.CharField(max_length=64)),
                ('digest', fields.CharField(max_length=64)),
                ('signed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_personal_signature', 'app': 'seals', 'indexes': [Index(fields=['person_id', 'id'], name='seals_personal_person'), Index(fields=['signed_at'], name='seals_personal_at')], 'pk_attr': 'id', 'table_description': 'A person signed a document (电子云签): for which item, what, when; no content.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Signature',
            options={'table': 'seals_signature', 'app': 'seals', 'unique_together': (('use_id', 'kind'),), 'pk_attr': 'id', 'table_description': 'What a use made: one signature of a kind, for one digest.'},
        ),
    ]
