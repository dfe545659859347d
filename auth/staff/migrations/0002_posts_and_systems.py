from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('staff', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Activation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('staff_id', fields.UUIDField(db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_activation', 'app': 'staff', 'pk_attr': 'id', 'table_description': 'A one-time code that lets an officer set a password; only its digest is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BindCode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('system_id', fields.UUIDField()),
                ('staff_id', fields.UUIDField()),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_bind_code', 'app': 'staff', 'pk_attr': 'id', 'table_description': "A one-time code an officer carries from here to a mapped system's bind page."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Department',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('parent_id', fields.UUIDField(null=True)),
                ('org_id', fields.UUIDField()),
                ('path', fields.CharField(max_length=400)),
                ('code', fields.CharField(null=True, unique=True, max_length=18)),
                ('name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('state', fields.CharField(default='active', max_length=12)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'staff_department', 'app': 'staff', 'pk_attr': 'id', 'table_description': 'A department or an office of one; `org_id` is the nearest body with a code of its own.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DepartmentSystem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=80)),
                ('department_id', fields.UUIDField()),
                ('region', fields.CharField(max_length=12)),
                ('mode', fields.CharField(max_length=10)),
                ('client_id', fields.CharField(null=True, unique=True, max_length=60)),
                ('home_url', fields.CharField(default='', max_length=200)),
                ('bind_url', fields.CharField(default='', max_length=200)),
                ('scim_url', fields.CharField(default='', max_length=200)),
                ('scim_token', Encrypted(null=True, sensitivity='ordinary')),
                ('state', fields.CharField(default='active', max_length=12)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'staff_system', 'app': 'staff', 'pk_attr': 'id', 'table_description': "A department's own system and how its people sign on (业务系统; R-ID-32)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HistoryEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('staff_id', fields.UUIDField()),
                ('move', fields.CharField(max_length=12)),
                ('effective_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('before', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('after', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('reason', fields.CharField(max_length=200)),
                ('by_id', fields.UUIDField(null=True)),
                ('by_name', fields.CharField(max_length=60)),
                ('confirmed_by_id', fields.UUIDField(null=True)),
                ('confirmed_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'staff_history', 'app': 'staff', 'indexes': [Index(fields=['staff_id', 'id'], name='staff_history_staff')], 'pk_attr': 'id', 'table_description': 'One move of an account: append-only, a trigger refuses changes (R-ID-30).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Mapping',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('system_id', fields.UUIDField()),
                ('staff_id', fields.UUIDField(db_index=True)),
                ('local_account', fields.CharField(max_length=80)),
                ('bound_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('unbound_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('unbound_for', fields.CharField(default='', max_length=200)),
                ('unbound_by', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'staff_mapping', 'app': 'staff', 'pk_attr': 'id', 'table_description': "A local account of a mapped system that is an officer's; one to one while it lives."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Post',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('staff_id', fields.UUIDField()),
                ('department_id', fields.UUIDField()),
                ('roles', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('region', fields.CharField(max_length=12)),
                ('window_id', fields.CharField(default='', max_length=40)),
                ('window_level', fields.CharField(default='', max_length=12)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_post', 'app': 'staff', 'indexes': [Index(fields=['staff_id', 'since'], name='staff_post_staff'), Index(fields=['department_id'], name='staff_post_department')], 'pk_attr': 'id', 'table_description': 'What one officer is in one department from `since` until `until` (岗位).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Proposal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('staff_id', fields.UUIDField()),
                ('post', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('reason', fields.CharField(max_length=200)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=60)),
                ('by_role', fields.CharField(max_length=20)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_by_id', fields.UUIDField(null=True)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_proposal', 'app': 'staff', 'indexes': [Index(fields=['state', 'id'], name='staff_proposal_state')], 'pk_attr': 'id', 'table_description': 'An administrator role somebody wants to give; another administrator must confirm.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProvisionedAccount',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('system_id', fields.UUIDField()),
                ('staff_id', fields.UUIDField(db_index=True)),
                ('remote_id', fields.CharField(max_length=120)),
                ('active', fields.BooleanField()),
                ('pushed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_provisioned', 'app': 'staff', 'unique_together': (('system_id', 'staff_id'),), 'pk_attr': 'id', 'table_description': 'An account that was pushed to a unified system, and how it stands there.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='StaffMember',
            options={'table': 'staff_member', 'app': 'staff', 'pk_attr': 'id', 'table_description': "One officer's account. `entitled_at` is when what it may do changed last."},
        ),
        ops.AddField(
            model_name='StaffMember',
            name='entitled_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=True),
        ),
        ops.AddField(
            model_name='StaffMember',
            name='post_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='StaffMember',
            name='version',
            field=fields.IntField(null=True, default=1),
        ),
        ops.RunSQL(
            """
            UPDATE staff_member SET login = lower(login), entitled_at = now(), version = 1;
            INSERT INTO staff_department
              (id, parent_id, org_id, path, code, name, region, state, version, created_at)
            SELECT id, NULL, id, replace(id::text, '-', '') || '/', org, org_name, region,
              'active', 1, now()
            FROM (SELECT DISTINCT ON (org) gen_random_uuid() AS id, org, org_name, region
                  FROM staff_member ORDER BY org, region) AS old;
            INSERT INTO staff_post
              (id, staff_id, department_id, roles, region, window_id, window_level, since)
            SELECT gen_random_uuid(), m.id, d.id,
              replace(m.roles::text, '"auditor"', '"security_auditor"')::jsonb, m.region, '', '',
              m.created_at
            FROM staff_member m JOIN staff_department d ON d.code = m.org;
            UPDATE staff_member m SET post_id = p.id FROM staff_post p WHERE p.staff_id = m.id;
            CREATE UNIQUE INDEX staff_mapping_one_account ON staff_mapping
              (system_id, local_account) WHERE unbound_at IS NULL;
            CREATE UNIQUE INDEX staff_mapping_one_officer ON staff_mapping
              (system_id, staff_id) WHERE unbound_at IS NULL;
            CREATE UNIQUE INDEX staff_post_one_present ON staff_post (staff_id)
              WHERE until IS NULL;
            CREATE UNIQUE INDEX staff_proposal_one_waiting ON staff_proposal (staff_id)
              WHERE state = 'waiting';
            CREATE FUNCTION staff_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'staff_history is append-only'; END $$;
            CREATE TRIGGER staff_history_append_only BEFORE UPDATE OR DELETE ON staff_history
              FOR EACH ROW EXECUTE FUNCTION staff_history_refuse();
            """,
            "DROP FUNCTION staff_history_refuse() CASCADE;",
        ),
        ops.AlterField(
            model_name='StaffMember',
            name='entitled_at',
            field=fields.DatetimeField(auto_now=False, auto_now_add=True),
        ),
        ops.AlterField(
            model_name='StaffMember',
            name='version',
            field=fields.IntField(default=1),
        ),
        ops.RemoveField(model_name='StaffMember', name='org'),
        ops.RemoveField(model_name='StaffMember', name='org_name'),
        ops.RemoveField(model_name='StaffMember', name='region'),
        ops.RemoveField(model_name='StaffMember', name='roles'),
    ]
