from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('miniapps', '0005_signed_releases')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('appid', fields.CharField(max_length=40)),
                ('scope', fields.CharField(max_length=40)),
                ('reason', fields.CharField(max_length=80)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_consent', 'app': 'miniapps', 'indexes': [Index(fields=['person_id', 'appid'], name='miniapps_consent_person')], 'pk_attr': 'id', 'table_description': 'A permission a person gave an app for good, and the reason they read; ended, not changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FacadeKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('kind', fields.CharField(max_length=12)),
                ('access_key', fields.CharField(unique=True, max_length=40)),
                ('secret', Encrypted(sensitivity='ordinary')),
                ('made_by', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_facade_key', 'app': 'miniapps', 'indexes': [Index(fields=['appid', 'kind'], name='miniapps_facade_key_app')], 'pk_attr': 'id', 'table_description': "A key of an app's back end for one vendor's protocol; ended, never changed."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Favourite',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('appid', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_favourite', 'app': 'miniapps', 'unique_together': (('person_id', 'appid'),), 'pk_attr': 'id', 'table_description': 'An app somebody keeps at hand.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Quota',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('client', fields.CharField(max_length=60)),
                ('scope', fields.CharField(max_length=40)),
                ('day', fields.DateField()),
                ('used', fields.IntField(default=0)),
            ],
            options={'table': 'miniapps_quota', 'app': 'miniapps', 'unique_together': (('client', 'scope', 'day'),), 'pk_attr': 'id', 'table_description': 'How often a client used a permission of the open gateway on one day.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Report',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField()),
                ('person_id', fields.UUIDField(null=True)),
                ('reason', fields.CharField(max_length=20)),
                ('note', fields.CharField(default='', max_length=500)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_report', 'app': 'miniapps', 'indexes': [Index(fields=['appid', 'id'], name='miniapps_report_app')], 'pk_attr': 'id', 'table_description': 'What somebody found wrong with an app, for its reviewers.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Use',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('person_id', fields.UUIDField(null=True)),
                ('appid', fields.CharField(max_length=40)),
                ('launch_id', fields.UUIDField(null=True)),
                ('method', fields.CharField(max_length=60)),
                ('scope', fields.CharField(max_length=40)),
                ('what', fields.CharField(max_length=120)),
                ('outcome', fields.CharField(max_length=60)),
            ],
            options={'table': 'miniapps_use', 'app': 'miniapps', 'indexes': [Index(fields=['person_id', 'id'], name='miniapps_use_person'), Index(fields=['at'], name='miniapps_use_at')], 'pk_attr': 'id', 'table_description': 'One use of a permission by an app; its owner sees it, nobody changes it.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='App',
            name='category',
            field=fields.CharField(default='general', db_default='general', max_length=20),
        ),
        ops.AddField(
            model_name='App',
            name='mode',
            field=fields.CharField(default='h5', db_default='h5', max_length=4),
        ),
        ops.AddField(
            model_name='Launch',
            name='held',
            field=fields.JSONField(default=list, db_default='[]', encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Launch',
            name='proved_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Launch',
            name='token_digest',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddIndex(
            model_name='Launch',
            index=Index(fields=['person_id', 'created_at'], name='miniapps_launch_person'),
        ),
        ops.AddField(
            model_name='Ticket',
            name='token_digest',
            field=fields.CharField(null=True, unique=True, max_length=64),
        ),
        ops.AddField(
            model_name='Ticket',
            name='token_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(
            """
            -- One consent of a kind is in force at a time, whoever gives it twice at once.
            CREATE UNIQUE INDEX miniapps_consent_in_force
              ON miniapps_consent (person_id, appid, scope) WHERE ended_at IS NULL;
            CREATE INDEX miniapps_app_regions ON miniapps_app USING gin (region_codes);

            -- What lists go by is the version that is out, whoever moves the pointer.
            CREATE FUNCTION miniapps_app_listed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              SELECT coalesce(v.manifest->>'category', 'general'),
                coalesce(v.manifest->>'mode', 'h5')
              INTO STRICT NEW.category, NEW.mode
              FROM miniapps_version v WHERE v.appid = NEW.appid AND v.code = NEW.current;
              RETURN NEW;
            END $$;
            CREATE TRIGGER miniapps_app_listed BEFORE UPDATE OF current ON miniapps_app
              FOR EACH ROW WHEN (NEW.current > 0) EXECUTE FUNCTION miniapps_app_listed();
            UPDATE miniapps_app SET current = current WHERE current > 0;

            CREATE FUNCTION miniapps_use_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION 'what an app used is only added';
            END $$;
            CREATE TRIGGER miniapps_use_fixed BEFORE UPDATE ON miniapps_use
              FOR EACH ROW EXECUTE FUNCTION miniapps_use_fixed();

            CREATE FUNCTION miniapps_consent_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.ended_at IS NOT NULL OR
                 (OLD.person_id, OLD.appid, OLD.scope, OLD.reason, OLD.granted_at)
                 IS DISTINCT FROM
                 (NEW.person_id, NEW.appid, NEW.scope, NEW.reason, NEW.granted_at) THEN
                RAISE EXCEPTION 'a consent is only ended';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER miniapps_consent_fixed BEFORE UPDATE ON miniapps_consent
              FOR EACH ROW EXECUTE FUNCTION miniapps_consent_fixed();
            """,
            """
            DROP FUNCTION miniapps_consent_fixed() CASCADE;
            DROP FUNCTION miniapps_use_fixed() CASCADE;
            DROP FUNCTION miniapps_app_listed() CASCADE;
            DROP INDEX miniapps_app_regions;
            DROP INDEX miniapps_consent_in_force;
            """,
        ),
    ]
