from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('identity', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ActProof',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('subject_id', fields.UUIDField()),
                ('act', fields.CharField(max_length=60)),
                ('about', fields.CharField(max_length=80)),
                ('digest', fields.CharField(max_length=64)),
                ('nonce', fields.CharField(max_length=64)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('method', fields.CharField(default='', max_length=20)),
                ('basis', fields.UUIDField(null=True, unique=True)),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('proof_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('proven_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_act_proof', 'app': 'identity', 'indexes': [Index(fields=['subject_id', 'created_at'], name='identity_act_subject')], 'pk_attr': 'id', 'table_description': 'Tier 3 for one act: bound to person, act, what it is about and its digest; used once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Certification',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('means', fields.CharField(max_length=40)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('reference', Encrypted(sensitivity='ordinary')),
                ('tries', fields.IntField(default=0)),
                ('reason', fields.CharField(default='', max_length=60)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_certification', 'app': 'identity', 'indexes': [Index(fields=['person_id', 'created_at'], name='identity_certification_person')], 'pk_attr': 'id', 'table_description': "One try to be vouched for by an outside party; its own server's answer decides."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FeedPosition',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('position', fields.BigIntField(default=0)),
                ('read_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_feed_position', 'app': 'identity', 'pk_attr': 'name', 'table_description': "How far a registry's change feed has been read."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Means',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('enabled', fields.BooleanField()),
                ('holds_days', fields.IntField(null=True)),
                ('changed_by', fields.CharField(max_length=60)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(max_length=200)),
                ('version', fields.IntField()),
            ],
            options={'table': 'identity_means', 'app': 'identity', 'pk_attr': 'code', 'table_description': 'What staff decided about a means; without a row, what the shipped table says holds.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('subject_kind', fields.CharField(default='person', max_length=12)),
                ('subject_id', fields.UUIDField()),
                ('source', fields.CharField(max_length=40)),
                ('against', fields.CharField(max_length=40)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('outcome', fields.CharField(default='', max_length=12)),
                ('reason', fields.CharField(default='', max_length=500)),
                ('proposed_by', fields.CharField(default='', max_length=60)),
                ('proposed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolved_by', fields.CharField(default='', max_length=60)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'identity_review', 'app': 'identity', 'indexes': [Index(fields=['subject_id', 'state'], name='identity_review_subject')], 'pk_attr': 'id', 'table_description': 'Two means disagree about a subject: an officer proposes, another one decides (R-ID-38).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RevocationList',
            fields=[
                ('authority', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('number', fields.BigIntField(default=0)),
                ('list', fields.TextField(unique=False)),
                ('next_update', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('fetched_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_revocation_list', 'app': 'identity', 'pk_attr': 'authority', 'table_description': 'The last revocation list of a certificate authority, checked before it was kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Standing',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField(unique=True)),
                ('life', fields.CharField(default='alive', max_length=12)),
                ('valid_from', fields.DateField(null=True)),
                ('valid_until', fields.DateField(null=True)),
                ('source', fields.CharField(max_length=40)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_standing', 'app': 'identity', 'indexes': [Index(fields=['checked_at'], name='identity_standing_checked')], 'pk_attr': 'id', 'table_description': "What the population registry last said about a person's card and life (R-ID-43)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='VideoSession',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('act_proof_id', fields.UUIDField(unique=True)),
                ('person_id', fields.UUIDField()),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('officer_id', fields.UUIDField(null=True)),
                ('officer_name', fields.CharField(default='', max_length=60)),
                ('region', fields.CharField(default='', max_length=12)),
                ('recording_key', fields.CharField(default='', max_length=120)),
                ('recording_sha256', fields.CharField(default='', max_length=64)),
                ('recording_size', fields.BigIntField(default=0)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('claimed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_video_session', 'app': 'identity', 'indexes': [Index(fields=['state', 'created_at'], name='identity_video_queue')], 'pk_attr': 'id', 'table_description': 'A person asks for an officer on video; the recording is a stored object with its hash.'},
            bases=['Model'],
        ),
        ops.RemoveIndex(
            model_name='Evidence',
            name='identity_evidence_person',
            fields=None,
        ),
        ops.AlterModelOptions(
            name='Evidence',
            options={'table': 'identity_evidence', 'app': 'identity', 'indexes': [Index(fields=['subject_id', 'subject_kind'], name='identity_evidence_subject')], 'pk_attr': 'id', 'table_description': 'One proof of who a subject is; revoked or expired evidence stays for the record.'},
        ),
        ops.RenameField(
            model_name='Evidence',
            old_name='person_id',
            new_name='subject_id',
        ),
        ops.AddField(
            model_name='Evidence',
            name='name_index',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Evidence',
            name='region',
            field=fields.CharField(default='', db_default='', max_length=12),
        ),
        ops.AddField(
            model_name='Evidence',
            name='revoked_by',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Evidence',
            name='revoked_for',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='Evidence',
            name='subject_kind',
            field=fields.CharField(default='person', db_default='person', max_length=12),
        ),
        ops.AddField(
            model_name='Evidence',
            name='window',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddIndex(
            model_name='Evidence',
            index=Index(fields=['subject_id', 'subject_kind'], name='identity_evidence_subject'),
        ),
    ]
