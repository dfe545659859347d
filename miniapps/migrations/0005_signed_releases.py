from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('miniapps', '0004_kept_history')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TeamKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('owner_org', fields.CharField(max_length=18)),
                ('key_id', fields.CharField(unique=True, max_length=43)),
                ('alg', fields.CharField(max_length=8)),
                ('pem', fields.CharField(max_length=400)),
                ('name', fields.CharField(max_length=60)),
                ('added_by', fields.CharField(max_length=60)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_team_key', 'app': 'miniapps', 'indexes': [Index(fields=['owner_org'], name='miniapps_team_key_owner')], 'pk_attr': 'id', 'table_description': "A public key that packages of an organisation are signed with; ended, never changed."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Version',
            name='release',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Version',
            name='looks',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Version',
            name='signed_by',
            field=fields.CharField(default='', db_default='', max_length=43),
        ),
        ops.AddField(
            model_name='Version',
            name='withheld',
            field=fields.JSONField(default=list, db_default='[]', encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.RunSQL(
            """
            CREATE OR REPLACE FUNCTION miniapps_version_fixed() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' OR
                 (OLD.id, OLD.appid, OLD.code, OLD.name, OLD.digest, OLD.manifest,
                  OLD.uploaded_by, OLD.uploaded_at, OLD.signed_by) IS DISTINCT FROM
                 (NEW.id, NEW.appid, NEW.code, NEW.name, NEW.digest, NEW.manifest,
                  NEW.uploaded_by, NEW.uploaded_at, NEW.signed_by) THEN
                RAISE EXCEPTION 'a version of a mini-app does not change';
              END IF;
              IF OLD.release <> '' AND (OLD.release, OLD.withheld::text) IS DISTINCT FROM
                 (NEW.release, NEW.withheld::text) THEN
                RAISE EXCEPTION 'what review released does not change';
              END IF;
              RETURN NEW;
            END $$;
            CREATE FUNCTION miniapps_team_key_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR
                 (OLD.owner_org, OLD.key_id, OLD.alg, OLD.pem) IS DISTINCT FROM
                 (NEW.owner_org, NEW.key_id, NEW.alg, NEW.pem) THEN
                RAISE EXCEPTION 'a team key is only ended';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER miniapps_team_key_fixed BEFORE UPDATE OR DELETE ON miniapps_team_key
              FOR EACH ROW EXECUTE FUNCTION miniapps_team_key_fixed();
            """,
            """
            DROP FUNCTION miniapps_team_key_fixed() CASCADE;
            """,
        ),
    ]
