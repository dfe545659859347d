from tortoise import migrations
from tortoise.migrations import operations as ops

# The large tables become monthly partitions by id (UUIDv7 is ordered by time), so that years of
# cases cost today's readers nothing and old months can be moved. Unique facts of the whole province
# cannot live in a partition: `cases_register` holds them, kept by triggers whoever writes.
FUNCTIONS = """
CREATE FUNCTION cases_runs(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT state NOT IN ('closed', 'archived', 'withdrawn', 'not_accepted', 'pre_review_failed',
                       'returned', 'ended') $$;
CREATE FUNCTION cases_month_start(month date) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM month::timestamp AT TIME ZONE 'Asia/Shanghai')
                       * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
CREATE FUNCTION cases_make_months(first date, last date) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  month date := date_trunc('month', first);
  whole text; part text; made int := 0;
BEGIN
  WHILE month <= last LOOP
    FOREACH whole IN ARRAY ARRAY['cases_case', 'cases_step', 'cases_evidence'] LOOP
      part := whole || '_p' || to_char(month, 'YYYYMM');
      IF to_regclass(part) IS NULL THEN
        -- Attaching takes a weaker lock on the whole than CREATE TABLE … PARTITION OF.
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING GENERATED '
                       'INCLUDING CONSTRAINTS)', part, whole);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       whole, part, cases_month_start(month),
                       cases_month_start((month + interval '1 month')::date));
        made := made + 1;
      END IF;
    END LOOP;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
"""

TABLES = """
ALTER TABLE cases_case RENAME TO cases_case_old;
ALTER TABLE cases_step RENAME TO cases_step_old;
ALTER TABLE cases_evidence RENAME TO cases_evidence_old;
DROP INDEX cases_case_person, cases_case_organisation, cases_case_desk, cases_step_case;
ALTER TABLE cases_case_old DROP CONSTRAINT cases_case_pkey;
ALTER TABLE cases_step_old DROP CONSTRAINT cases_step_pkey;
ALTER TABLE cases_evidence_old DROP CONSTRAINT cases_evidence_pkey;

CREATE TABLE cases_case (LIKE cases_case_old INCLUDING DEFAULTS INCLUDING COMMENTS,
  item_type varchar(4) NOT NULL DEFAULT '',
  silence_on date,
  -- The day that counts next for the authority; where the applicant's turn is, none.
  deadline_on date GENERATED ALWAYS AS (
    CASE WHEN state IN ('submitted', 'received') THEN silence_on
         WHEN state IN ('accepted', 'in_review', 'forwarded') THEN due_on END) STORED,
  CONSTRAINT cases_case_pkey PRIMARY KEY (city_code, id)) PARTITION BY RANGE (id);
CREATE TABLE cases_step (LIKE cases_step_old INCLUDING DEFAULTS INCLUDING COMMENTS,
  city_code varchar(6),
  CONSTRAINT cases_step_pkey PRIMARY KEY (city_code, id)) PARTITION BY RANGE (id);
CREATE TABLE cases_evidence (LIKE cases_evidence_old INCLUDING DEFAULTS INCLUDING COMMENTS,
  city_code varchar(6),
  CONSTRAINT cases_evidence_pkey PRIMARY KEY (city_code, id)) PARTITION BY RANGE (id);
CREATE INDEX cases_case_number ON cases_case (case_no);
CREATE INDEX cases_case_person ON cases_case (person_id, id);
CREATE INDEX cases_case_organisation ON cases_case (organisation_id, id)
  WHERE organisation_id IS NOT NULL;
CREATE INDEX cases_case_org ON cases_case (org, id);
-- Counting within a region reads the index alone.
CREATE INDEX cases_case_desk ON cases_case (org, state, id) INCLUDE (region);
CREATE INDEX cases_case_deadline ON cases_case (org, deadline_on, id)
  INCLUDE (region, state, limit_unit, limit_days) WHERE deadline_on IS NOT NULL;
CREATE INDEX cases_step_case ON cases_step (case_id, id);
CREATE INDEX cases_evidence_case ON cases_evidence (case_id, seq);
CREATE TABLE cases_register (
  case_no varchar(50) PRIMARY KEY, draft_id uuid UNIQUE, city_code varchar(6) NOT NULL,
  id uuid NOT NULL, owner uuid NOT NULL, item_code varchar(33) NOT NULL,
  running boolean NOT NULL);
CREATE UNIQUE INDEX cases_register_running ON cases_register (owner, item_code) WHERE running;
CREATE TABLE cases_evidence_place (case_id uuid, seq int, PRIMARY KEY (case_id, seq));
"""

# From the month of the oldest row to a year ahead; later months are a job's.
CARRY_OVER = """
SELECT cases_make_months(
  coalesce((SELECT to_timestamp(('x' || substr(replace(id::text, '-', ''), 1, 12))
                                ::bit(48)::bigint / 1000.0)::date - 1
            FROM (SELECT id FROM cases_case_old UNION ALL SELECT id FROM cases_step_old
                  UNION ALL SELECT id FROM cases_evidence_old) AS old ORDER BY id LIMIT 1),
           current_date - 1),
  (current_date + interval '12 months')::date);
INSERT INTO cases_case ({columns}) SELECT {columns} FROM cases_case_old;
INSERT INTO cases_step ({step}, city_code)
  SELECT {step}, c.city_code FROM cases_step_old s JOIN cases_case_old c ON c.id = s.case_id;
INSERT INTO cases_evidence ({evidence}, city_code)
  SELECT {evidence}, c.city_code FROM cases_evidence_old s
  JOIN cases_case_old c ON c.id = s.case_id;
INSERT INTO cases_register
  SELECT case_no, draft_id, city_code, id, COALESCE(organisation_id, person_id), item_code,
         cases_runs(state) FROM cases_case_old;
INSERT INTO cases_evidence_place SELECT case_id, seq FROM cases_evidence_old;
DROP TABLE cases_case_old, cases_step_old, cases_evidence_old;
DROP FUNCTION cases_step_refuse(), cases_evidence_refuse();
"""

TRIGGERS = """
CREATE FUNCTION cases_case_registered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO cases_register VALUES (NEW.case_no, NEW.draft_id, NEW.city_code, NEW.id,
      COALESCE(NEW.organisation_id, NEW.person_id), NEW.item_code, cases_runs(NEW.state));
  ELSE
    UPDATE cases_register SET running = cases_runs(NEW.state) WHERE case_no = NEW.case_no;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER cases_case_registered AFTER INSERT ON cases_case
  FOR EACH ROW EXECUTE FUNCTION cases_case_registered();
CREATE TRIGGER cases_case_ran AFTER UPDATE OF state ON cases_case FOR EACH ROW
  WHEN (cases_runs(OLD.state) <> cases_runs(NEW.state)) EXECUTE FUNCTION cases_case_registered();

CREATE FUNCTION cases_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$;
CREATE TRIGGER cases_case_stays BEFORE DELETE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION cases_refuse();
-- Numbers, applicants and ids are what other records refer to: they never change.
CREATE TRIGGER cases_case_identity BEFORE UPDATE ON cases_case FOR EACH ROW
  WHEN (OLD.id <> NEW.id OR OLD.case_no <> NEW.case_no OR OLD.city_code <> NEW.city_code
        OR OLD.person_id <> NEW.person_id OR OLD.item_code <> NEW.item_code
        OR OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
  EXECUTE FUNCTION cases_refuse();
CREATE TRIGGER cases_step_append_only BEFORE UPDATE OR DELETE ON cases_step
  FOR EACH ROW EXECUTE FUNCTION cases_refuse();
CREATE TRIGGER cases_evidence_append_only BEFORE UPDATE OR DELETE ON cases_evidence
  FOR EACH ROW EXECUTE FUNCTION cases_refuse();

CREATE FUNCTION cases_city_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT city_code INTO NEW.city_code FROM cases_case WHERE id = NEW.case_id;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_step_city BEFORE INSERT ON cases_step FOR EACH ROW
  WHEN (NEW.city_code IS NULL) EXECUTE FUNCTION cases_city_of_case();
CREATE TRIGGER cases_evidence_city BEFORE INSERT ON cases_evidence FOR EACH ROW
  WHEN (NEW.city_code IS NULL) EXECUTE FUNCTION cases_city_of_case();
CREATE FUNCTION cases_evidence_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cases_evidence_place VALUES (NEW.case_id, NEW.seq);
  RETURN NULL;
END $$;
CREATE TRIGGER cases_evidence_placed AFTER INSERT ON cases_evidence
  FOR EACH ROW EXECUTE FUNCTION cases_evidence_placed();
"""

CASE = (
    "id, case_no, draft_id, person_id, applicant, item_code, item_version, item_name, region, "
    "city_code, org, department, form_code, form_version, data, sources, materials, state, "
    "outcome, timeline, correction, corrections, bill, fee_fen, licence_id, limit_days, "
    "limit_unit, submitted_at, received_at, accepted_at, due_on, due_provisional, decided_at, "
    "closed_at, version, evidence_head, delegation_id, organisation_id"
)
STEP = "s.id, s.case_id, s.move, s.from_state, s.to_state, s.actor, s.note, s.at"
EVIDENCE = "s.id, s.case_id, s.seq, s.kind, s.facts, s.previous, s.hash"


def _filled(text: str) -> str:
    for mark, names in (("{columns}", CASE), ("{step}", STEP), ("{evidence}", EVIDENCE)):
        text = text.replace(f"({mark}", "(" + names.replace("s.", "")).replace(mark, names)
    return text


BACK = """
CREATE TABLE cases_case_old (LIKE cases_case INCLUDING DEFAULTS INCLUDING COMMENTS);
CREATE TABLE cases_step_old (LIKE cases_step INCLUDING DEFAULTS INCLUDING COMMENTS);
CREATE TABLE cases_evidence_old (LIKE cases_evidence INCLUDING DEFAULTS INCLUDING COMMENTS);
ALTER TABLE cases_case_old DROP COLUMN deadline_on, DROP COLUMN silence_on,
  DROP COLUMN item_type;
ALTER TABLE cases_step_old DROP COLUMN city_code;
ALTER TABLE cases_evidence_old DROP COLUMN city_code;
INSERT INTO cases_case_old ({columns}) SELECT {columns} FROM cases_case;
INSERT INTO cases_step_old ({step}) SELECT {step} FROM cases_step s;
INSERT INTO cases_evidence_old ({evidence}) SELECT {evidence} FROM cases_evidence s;
DROP TABLE cases_case, cases_step, cases_evidence, cases_register, cases_evidence_place;
DROP FUNCTION cases_runs, cases_month_start, cases_make_months, cases_case_registered,
  cases_refuse, cases_city_of_case, cases_evidence_placed;
ALTER TABLE cases_case_old RENAME TO cases_case;
ALTER TABLE cases_step_old RENAME TO cases_step;
ALTER TABLE cases_evidence_old RENAME TO cases_evidence;
ALTER TABLE cases_case ADD PRIMARY KEY (id), ADD UNIQUE (case_no), ADD UNIQUE (draft_id);
ALTER TABLE cases_step ADD PRIMARY KEY (id);
ALTER TABLE cases_evidence ADD PRIMARY KEY (id), ADD UNIQUE (case_id, seq);
CREATE INDEX cases_case_person ON cases_case (person_id, id);
CREATE INDEX cases_case_organisation ON cases_case (organisation_id, id);
CREATE INDEX cases_case_desk ON cases_case (org, state, id);
CREATE INDEX cases_step_case ON cases_step (case_id, id);
CREATE UNIQUE INDEX cases_case_running
  ON cases_case (COALESCE(organisation_id, person_id), item_code)
  WHERE state IN ('submitted', 'correction_asked', 'fee_due', 'accepted', 'approved', 'refused');
CREATE FUNCTION cases_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cases_step is append-only'; END $$;
CREATE TRIGGER cases_step_append_only BEFORE UPDATE OR DELETE ON cases_step
  FOR EACH ROW EXECUTE FUNCTION cases_step_refuse();
CREATE FUNCTION cases_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cases_evidence is append-only'; END $$;
CREATE TRIGGER cases_evidence_append_only BEFORE UPDATE OR DELETE ON cases_evidence
  FOR EACH ROW EXECUTE FUNCTION cases_evidence_refuse();
"""


class Migration(migrations.Migration):
    """Monthly partitions by id, a register of what is unique, records that are kept."""

    dependencies = [("cases", "0006_one_running_each")]

    initial = False

    operations = [
        ops.RunSQL(FUNCTIONS + TABLES + _filled(CARRY_OVER) + TRIGGERS, _filled(BACK))
    ]
