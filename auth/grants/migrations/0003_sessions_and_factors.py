from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('grants', '0002_relying_parties')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lockout',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('wrong', fields.IntField(default=0)),
                ('locks', fields.IntField(default=0)),
                ('locked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('touched_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_lockout', 'app': 'grants', 'indexes': [Index(fields=['touched_at'], name='grants_lockout_touched')], 'pk_attr': 'key', 'table_description': 'Wrong proofs in a row against one account or one name typed as a login, keyed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Passkey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=10)),
                ('subject_id', fields.UUIDField()),
                ('credential_digest', fields.CharField(unique=True, max_length=64)),
                ('credential_id', fields.TextField(unique=False)),
                ('public_key', fields.TextField(unique=False)),
                ('sign_count', fields.BigIntField()),
                ('transports', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('aaguid', fields.CharField(max_length=36)),
                ('multi_device', fields.BooleanField()),
                ('backed_up', fields.BooleanField()),
                ('name', fields.CharField(max_length=40)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('suspect_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_passkey', 'app': 'grants', 'indexes': [Index(fields=['subject_id'], name='grants_passkey_subject')], 'pk_attr': 'id', 'table_description': 'A WebAuthn credential of a resident or an officer.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PasskeyChallenge',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('purpose', fields.CharField(max_length=20)),
                ('bound_to', fields.UUIDField(null=True)),
                ('challenge', fields.CharField(max_length=90)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_passkey_challenge', 'app': 'grants', 'indexes': [Index(fields=['expires_at'], name='grants_passkey_challenge_expiry')], 'pk_attr': 'id', 'table_description': 'What an authenticator must sign, for one purpose and one party, once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PendingSignIn',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('staff_id', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('amr', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('totp_secret', Encrypted(null=True, sensitivity='ordinary')),
            ],
            options={'table': 'grants_pending_sign_in', 'app': 'grants', 'indexes': [Index(fields=['expires_at'], name='grants_pending_expiry')], 'pk_attr': 'id', 'table_description': 'An officer whose password was right, and who has more to prove or to set.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Totp',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('staff_id', fields.UUIDField(unique=True)),
                ('secret', Encrypted(sensitivity='ordinary')),
                ('last_step', fields.BigIntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_totp', 'app': 'grants', 'pk_attr': 'id', 'table_description': "An officer's one-time-password secret, for PCs without an authenticator (RFC 6238)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Tries',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('at', ArrayField(element_type='TIMESTAMPTZ')),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_tries', 'app': 'grants', 'indexes': [Index(fields=['expires_at'], name='grants_tries_expiry')], 'pk_attr': 'key', 'table_description': 'The moments of the last tries by one address, phone or account, keyed; a sliding window.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Binding',
            name='id_kind',
            field=fields.CharField(default='openid', db_default='openid', max_length=10),
        ),
        ops.RemoveConstraint(
            model_name='ChannelIdentity',
            name=None,
            fields=['channel', 'app_id', 'openid_index'],
        ),
        ops.AddField(
            model_name='ChannelIdentity',
            name='id_kind',
            field=fields.CharField(default='openid', db_default='openid', max_length=10),
        ),
        ops.AddConstraint(
            model_name='ChannelIdentity',
            constraint=UniqueConstraint(fields=('channel', 'app_id', 'id_kind', 'openid_index'), name=None),
        ),
        ops.AlterModelOptions(
            name='Password',
            options={'table': 'grants_password', 'app': 'grants', 'pk_attr': 'id', 'table_description': 'The password of a person or staff member.'},
        ),
        ops.RemoveField(model_name='Password', name='locked_until'),
        ops.RemoveField(model_name='Password', name='wrong'),
        ops.AddField(
            model_name='Session',
            name='device',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Session',
            name='organisation_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Session',
            name='rotated_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='Session',
            index=Index(fields=['organisation_id'], name='grants_session_organisation'),
        ),
        ops.RunSQL(
            "UPDATE grants_channel_identity SET id_kind = 'open_id' WHERE channel = 'alipay'; "
            "UPDATE grants_binding SET id_kind = 'open_id' WHERE channel = 'alipay'",
            "SELECT 1",
        ),
    ]
