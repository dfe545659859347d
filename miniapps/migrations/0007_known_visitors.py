from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('miniapps', '0006_calls_and_consents')]

    initial = False

    operations = [
        ops.CreateModel(
            name='KnownVisitor',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('openid', fields.CharField(max_length=40)),
                ('trial', fields.BooleanField()),
                ('person_id', fields.UUIDField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_known_visitor', 'app': 'miniapps', 'unique_together': (('appid', 'openid', 'trial'),), 'pk_attr': 'id', 'table_description': "Whom an app's number stands for: a number is a keyed digest and leads back by this alone."},
            bases=['Model'],
        ),
    ]
