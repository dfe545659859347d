from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import SqlDefault
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('notify', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CallbackNonce',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_callback_nonce', 'app': 'notify', 'pk_attr': 'digest', 'table_description': 'A callback of a vendor that was taken: it is not taken again.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Carrier',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ('weight', fields.FloatField(default=100.0)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('successes', fields.BigIntField(default=0)),
                ('failures', fields.BigIntField(default=0)),
                ('last_failure', fields.CharField(default='', max_length=120)),
            ],
            options={'table': 'notify_carrier', 'app': 'notify', 'pk_attr': 'name', 'table_description': 'How far a carrier is trusted at the moment, and what it did.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('message_id', fields.UUIDField(null=True)),
                ('person_id', fields.UUIDField(null=True)),
                ('phone', Encrypted(null=True, sensitivity='contact')),
                ('channel', fields.CharField(max_length=12)),
                ('rank', fields.SmallIntField(default=0)),
                ('state', fields.CharField(default='new', max_length=12)),
                ('content', Encrypted(sensitivity='ordinary')),
                ('template', fields.CharField(max_length=60)),
                ('template_version', fields.IntField(default=1)),
                ('dedupe', fields.CharField(unique=True, max_length=180)),
                ('urgent', fields.BooleanField(default=False)),
                ('deadline_s', fields.IntField(default=0)),
                ('provider', fields.CharField(default='', max_length=20)),
                ('provider_msg_id', fields.CharField(default='', max_length=80)),
                ('attempts', fields.SmallIntField(default=0)),
                ('cost_fen', fields.IntField(default=0)),
                ('detail', fields.CharField(default='', max_length=200)),
                ('service_id', fields.UUIDField(null=True)),
                ('key_kind', fields.CharField(default='', max_length=8)),
                ('reference', fields.CharField(default='', max_length=120)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('not_before', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('moved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_delivery', 'app': 'notify', 'indexes': [Index(fields=['message_id', 'rank'], name='notify_delivery_message'), Index(fields=['state', 'id'], name='notify_delivery_state'), Index(fields=['service_id', 'id'], name='notify_delivery_service'), Index(fields=['provider_msg_id'], name='notify_delivery_reference')], 'pk_attr': 'id', 'table_description': 'One message on one channel outside the inbox.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DepartmentKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('service_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=8)),
                ('name', fields.CharField(max_length=60)),
                ('secret', Encrypted(sensitivity='ordinary')),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.UUIDField()),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_key', 'app': 'notify', 'indexes': [Index(fields=['service_id'], name='notify_key_service')], 'pk_attr': 'id', 'table_description': 'A key of a service: `normal`, `team` or `test`; the secret is sealed, for HS256 needs it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DepartmentService',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=60)),
                ('org', fields.CharField(default='', max_length=18)),
                ('team', Encrypted(default='[]', sensitivity='contact')),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_service', 'app': 'notify', 'pk_attr': 'id', 'table_description': "A department's service that sends through /v2."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Preference',
            fields=[
                ('person_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('off', fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads)),
                ('quiet_begins', fields.SmallIntField(default=22)),
                ('quiet_ends', fields.SmallIntField(default=7)),
            ],
            options={'table': 'notify_preference', 'app': 'notify', 'pk_attr': 'person_id', 'table_description': 'Which channels a person switched off, and their quiet hours.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushDevice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('endpoint_index', fields.CharField(unique=True, max_length=64)),
                ('subscription', Encrypted(sensitivity='contact')),
                ('vendor', fields.CharField(default='web', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_push_device', 'app': 'notify', 'indexes': [Index(fields=['person_id'], name='notify_push_person')], 'pk_attr': 'id', 'table_description': 'A browser that wants to be woken (RFC 8030); where and with what keys is sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Quota',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('holder', fields.CharField(max_length=64)),
                ('vendor_template', fields.CharField(max_length=64)),
                ('remaining', fields.IntField(default=0)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_quota', 'app': 'notify', 'unique_together': (('holder', 'vendor_template'),), 'pk_attr': 'id', 'table_description': 'How many subscribe messages of one vendor template an openid (keyed) still allows.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuotaFact',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('kind', fields.CharField(max_length=10)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_quota_fact', 'app': 'notify', 'pk_attr': 'digest', 'table_description': 'One consent, refusal or use that was counted: the same event twice counts once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=60)),
                ('version', fields.IntField()),
                ('origin', fields.CharField(max_length=8)),
                ('state', fields.CharField(max_length=10)),
                ('variants', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('params', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('digest', fields.CharField(max_length=64)),
                ('service_id', fields.UUIDField(null=True)),
                ('author', fields.UUIDField(null=True)),
                ('publisher', fields.UUIDField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_template', 'app': 'notify', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': "One version of a template's words on every channel."},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Message',
            options={'table': 'notify_message', 'app': 'notify', 'indexes': [Index(fields=['person_id', 'id'], name='notify_message_person')], 'pk_attr': 'id', 'table_description': "One message in a person's inbox, with the version of its words."},
        ),
        ops.AddField(
            model_name='Message',
            name='template_version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.DeleteModel(name='Sms'),
    ]
