from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    # The demonstration seals of before have no certificates: they are made anew.
    dependencies = [("seals", "0001_initial")]
    initial = False

    operations = [
        ops.DeleteModel(name='Authorisation'),
        ops.DeleteModel(name='Seal'),
        ops.CreateModel(
            name='Authority',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('algorithm', fields.CharField(max_length=8)),
                ('own', fields.BooleanField(default=False)),
                ('standing', fields.CharField(max_length=12)),
                ('key', fields.TextField(default='', unique=False)),
                ('certificate', fields.BinaryField(null=True)),
                ('maker_key', fields.TextField(default='', unique=False)),
                ('maker_certificate', fields.BinaryField(null=True)),
                ('list', fields.BinaryField(null=True)),
                ('list_number', fields.IntField(default=0)),
                ('list_url', fields.CharField(default='', max_length=200)),
                ('list_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('added_by', fields.CharField(max_length=60)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_authority', 'app': 'seals', 'indexes': [Index(fields=['algorithm', 'standing'], name='seals_authority_use')], 'pk_attr': 'id', 'table_description': "An authority that is trusted, ours or another's: the trust list (R-SEA-02, R-SEA-06)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Certificate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('authority_id', fields.UUIDField()),
                ('serial', fields.CharField(unique=True, max_length=40)),
                ('subject', fields.CharField(max_length=160)),
                ('use', fields.CharField(max_length=16)),
                ('holder', fields.CharField(max_length=60)),
                ('der', fields.BinaryField()),
                ('not_after', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(default='', max_length=30)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_certificate', 'app': 'seals', 'indexes': [Index(fields=['holder'], name='seals_certificate_holder'), Index(fields=['authority_id', 'revoked_at'], name='seals_certificate_list')], 'pk_attr': 'id', 'table_description': 'A certificate that one of our authorities issued; `holder` is `seal:…` or `person:…`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Leave',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('seal_id', fields.UUIDField()),
                ('holder', fields.CharField(max_length=60)),
                ('document_type', fields.CharField(max_length=40)),
                ('item', fields.CharField(default='', max_length=40)),
                ('allowed', fields.IntField(default=0)),
                ('used', fields.IntField(default=0)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField()),
                ('granted_by', fields.CharField(max_length=60)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_leave', 'app': 'seals', 'indexes': [Index(fields=['seal_id', 'document_type'], name='seals_leave_seal')], 'pk_attr': 'id', 'table_description': 'Standing leave to use a seal (R-SEA-05): who, on which documents, for which item, how often.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('name', fields.CharField(max_length=80)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('state', fields.CharField(max_length=12)),
                ('picture', fields.BinaryField()),
                ('record_no', fields.CharField(default='', max_length=40)),
                ('sm2_key', fields.TextField(default='', unique=False)),
                ('sm2_certificate', fields.BinaryField(null=True)),
                ('p256_key', fields.TextField(default='', unique=False)),
                ('p256_certificate', fields.BinaryField(null=True)),
                ('esl', fields.BinaryField(null=True)),
                ('valid_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lost_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'seals_seal', 'app': 'seals', 'indexes': [Index(fields=['org', 'state'], name='seals_seal_org')], 'pk_attr': 'id', 'table_description': 'One seal of one organisation with two keys: SM2 for OFD, P-256 for PDF.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Signature',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('use_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=8)),
                ('digest', fields.CharField(max_length=64)),
                ('value', fields.BinaryField()),
                ('certificate', fields.BinaryField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_signature', 'app': 'seals', 'unique_together': (('use_id', 'kind'),), 'pk_attr': 'id', 'table_description': 'What a use made: one signature of a kind (`content`, `ofd`, `pdf`), never two.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Step',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('seal_id', fields.UUIDField()),
                ('deed', fields.CharField(max_length=16)),
                ('officer', fields.CharField(max_length=60)),
                ('officer_name', fields.CharField(max_length=40)),
                ('document', fields.CharField(max_length=120)),
                ('note', fields.CharField(default='', max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_step', 'app': 'seals', 'indexes': [Index(fields=['seal_id', 'id'], name='seals_step_seal')], 'pk_attr': 'id', 'table_description': "One step of a seal's life: which, by whom, on the ground of which document (R-SEA-01)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Use',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('seal_id', fields.UUIDField()),
                ('leave_id', fields.UUIDField()),
                ('digest', fields.CharField(max_length=64)),
                ('document_type', fields.CharField(max_length=40)),
                ('item', fields.CharField(default='', max_length=40)),
                ('purpose', fields.CharField(max_length=200)),
                ('by', fields.CharField(max_length=60)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seals_use', 'app': 'seals', 'indexes': [Index(fields=['seal_id', 'granted_at'], name='seals_use_seal'), Index(fields=['digest'], name='seals_use_digest')], 'pk_attr': 'id', 'table_description': 'One use of a seal, allowed in the transaction of the decision, for one digest.'},
            bases=['Model'],
        ),
        # An organisation has one standing seal of a name.
        ops.RunSQL(
            "CREATE UNIQUE INDEX seals_seal_standing ON seals_seal (org, name) WHERE state IN "
            "('applied','approved','made','recorded','issued')",
            "DROP INDEX seals_seal_standing",
        ),
        # A file's signature is found by its digest; a content signature needs no look-up.
        ops.RunSQL(
            "CREATE INDEX seals_signature_value ON seals_signature (value) WHERE kind <> 'content'",
            "DROP INDEX seals_signature_value",
        ),
    ]
