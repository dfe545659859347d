from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('licences', '0005_sharing')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LicenceFile',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('licence_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=4)),
                ('object_key', fields.CharField(max_length=160)),
                ('digest', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'licences_file', 'app': 'licences', 'unique_together': (('licence_id', 'kind'),), 'pk_attr': 'id', 'table_description': 'One signed file of a licence (`ofd`, `pdf`): where it is kept, and its SHA-256.'},
            bases=['Model'],
        ),
    ]
