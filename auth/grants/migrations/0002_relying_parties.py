from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import SqlDefault
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('grants', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Authorization',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('realm', fields.CharField(max_length=12)),
                ('client', fields.UUIDField()),
                ('subject_id', fields.UUIDField()),
                ('session_id', fields.UUIDField()),
                ('sid', fields.CharField(max_length=64)),
                ('scopes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('userinfo_claims', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('id_token_claims', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('tier', fields.SmallIntField()),
                ('min_tier', fields.SmallIntField(default=0)),
                ('amr', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('auth_time', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('nonce', fields.CharField(default='', max_length=400)),
                ('redirect_uri', fields.CharField(max_length=500)),
                ('code_digest', fields.CharField(unique=True, max_length=64)),
                ('code_challenge', fields.CharField(max_length=43)),
                ('code_expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('code_used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('dpop_jkt', fields.CharField(default='', max_length=43)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_for', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'grants_authorization', 'app': 'grants', 'indexes': [Index(fields=['session_id'], name='grants_authorization_session'), Index(fields=['client', 'sid'], name='grants_authorization_sid')], 'pk_attr': 'id', 'table_description': 'What somebody granted a relying party in one session: the code, then a family of tokens.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuthorizationRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('realm', fields.CharField(max_length=12)),
                ('client', fields.UUIDField()),
                ('asked', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('reference_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('browser_digest', fields.CharField(default='', max_length=64)),
                ('state', fields.CharField(max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opened_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_authorization_request', 'app': 'grants', 'indexes': [Index(fields=['expires_at'], name='grants_auth_request_expiry')], 'pk_attr': 'id', 'table_description': "What a relying party asked for, from its push or the browser's arrival to the decision."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RefreshToken',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('authorization_id', fields.UUIDField()),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_refresh_token', 'app': 'grants', 'indexes': [Index(fields=['authorization_id'], name='grants_refresh_authorization')], 'pk_attr': 'id', 'table_description': 'One refresh token of a family; using it makes the next one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SigningKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('realm', fields.CharField(max_length=12)),
                ('kid', fields.CharField(unique=True, max_length=40)),
                ('private_key', Encrypted(sensitivity='ordinary')),
                ('public_jwk', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('active_from', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_signing_key', 'app': 'grants', 'indexes': [Index(fields=['realm', 'active_from'], name='grants_signing_key_realm')], 'pk_attr': 'id', 'table_description': 'A key that signs what relying parties read; published before and long after it signs.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UsedProof',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_used_proof', 'app': 'grants', 'indexes': [Index(fields=['expires_at'], name='grants_used_proof_expiry')], 'pk_attr': 'digest', 'table_description': 'The `jti` of a DPoP proof or client assertion that was taken: it is not taken again.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Client',
            options={'table': 'grants_client', 'app': 'grants', 'pk_attr': 'id', 'table_description': 'A city backend, department system or mini-app: a machine, a relying party, or both.'},
        ),
        ops.AddField(
            model_name='Client',
            name='auth_method',
            field=fields.CharField(default='client_secret_basic', db_default='client_secret_basic', max_length=24),
        ),
        ops.AddField(
            model_name='Client',
            name='backchannel_logout_uri',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Client',
            name='jwks',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Client',
            name='login_scopes',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Client',
            name='min_tier',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Client',
            name='old_secret_digest',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Client',
            name='old_secret_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Client',
            name='post_logout_redirect_uris',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Client',
            name='realm',
            field=fields.CharField(default='', db_default='', max_length=12),
        ),
        ops.AddField(
            model_name='Client',
            name='redirect_uris',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Client',
            name='require_dpop',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Client',
            name='require_par',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Client',
            name='sector',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Session',
            name='amr',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Session',
            name='authenticated_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
