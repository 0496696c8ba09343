from django.db import migrations

from kernel.models import append_only, never_deleted

# A fee never falls by a row that nobody published: what the same packages earn the day before (on
# the same card, or for a shop's first line of its own on its station's) is the least.
FALLS = """
CREATE FUNCTION rate_falls_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    IF NEW.change_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT FROM rate_change g WHERE g.id = NEW.change_id AND g.card_id = NEW.card_id
              AND g.status = 'approved' AND g.effective_on <= lower(NEW.valid)
        ) THEN
            RAISE EXCEPTION 'a line of a change holds once it is approved, from its day on'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rate_of_an_approved_change';
        END IF;
    ELSIF NEW.kind IN ('delivery', 'tier', 'minimum') AND NOT lower_inf(NEW.valid) THEN
        SELECT r.amount_cents INTO held FROM rate r JOIN rate_card c ON c.id = r.card_id
        WHERE (r.kind, r.outcome, r.size, r.day_kind, r.beyond)
              = (NEW.kind, NEW.outcome, NEW.size, NEW.day_kind, NEW.beyond)
          AND r.valid @> lower(NEW.valid) - 1 AND r.id <> NEW.id
          AND (r.card_id = NEW.card_id OR c.station_id = (
              SELECT s.station_id FROM rate_card o JOIN shop s ON s.id = o.shop_id
              WHERE o.id = NEW.card_id))
        ORDER BY r.card_id = NEW.card_id DESC LIMIT 1;
        IF NEW.amount_cents < held THEN
            RAISE EXCEPTION 'a fee falls only by a published change'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'rate_falls_only_by_a_published_change';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rate_falls_published BEFORE INSERT ON rate
    FOR EACH ROW EXECUTE FUNCTION rate_falls_published();
"""

ENDED = """
CREATE FUNCTION rate_is_ended_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT lower_inf(OLD.valid) AND OLD.change_id IS NULL THEN
            RETURN OLD;
        END IF;
    ELSIF (OLD.card_id, OLD.kind, OLD.outcome, OLD.size, OLD.day_kind, OLD.beyond,
           OLD.amount_cents, OLD.change_id, lower(OLD.valid))
          IS NOT DISTINCT FROM
          (NEW.card_id, NEW.kind, NEW.outcome, NEW.size, NEW.day_kind, NEW.beyond,
           NEW.amount_cents, NEW.change_id, lower(NEW.valid)) THEN
        RETURN NEW;
    ELSIF NOT isempty(NEW.valid) THEN
        RAISE EXCEPTION 'a line is ended, never edited' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'rate_is_ended_never_edited';
    ELSE
        RETURN NEW;  -- the law rate_lasts_a_day refuses it
    END IF;
    RAISE EXCEPTION 'a line is ended, never deleted' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'rate_is_ended_never_edited';
END $$;
CREATE TRIGGER rate_is_ended_never_edited BEFORE UPDATE OR DELETE ON rate
    FOR EACH ROW EXECUTE FUNCTION rate_is_ended_never_edited();
"""

# draft → published | withdrawn, published → approved | withdrawn; what was published stands still
# and tells the truth: somebody's effect below zero means that it lowers.
STANDS = """
CREATE FUNCTION rate_change_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'published'), ('draft', 'withdrawn'),
        ('published', 'approved'), ('published', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'a change goes its way only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'rate_change_goes_its_way';
    END IF;
    IF OLD.status <> 'draft' AND (
        OLD.card_id, OLD.effective_on, OLD.reason, OLD.lowers, OLD.notice_days, OLD.drafted_by_id,
        OLD.published_on, OLD.published_at, OLD.published_by_id
    ) IS DISTINCT FROM (
        NEW.card_id, NEW.effective_on, NEW.reason, NEW.lowers, NEW.notice_days, NEW.drafted_by_id,
        NEW.published_on, NEW.published_at, NEW.published_by_id
    ) THEN
        RAISE EXCEPTION 'what was published stands still' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'rate_change_stands_still';
    END IF;
    IF NEW.status = 'published' AND NOT NEW.lowers AND EXISTS (
        SELECT FROM rate_effect e WHERE e.change_id = NEW.id AND e.new_cents < e.now_cents
    ) THEN
        RAISE EXCEPTION 'a change that takes from a shop lowers' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'rate_change_says_that_it_lowers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rate_change_stands BEFORE UPDATE ON rate_change
    FOR EACH ROW EXECUTE FUNCTION rate_change_stands();

CREATE FUNCTION rate_change_part_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_change bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.change_id ELSE NEW.change_id END;
BEGIN
    IF (SELECT status FROM rate_change WHERE id = of_change) <> 'draft'
       OR TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a change is written while it is a draft'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rate_change_part_of_a_draft';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rate_change_line_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON rate_change_line
    FOR EACH ROW EXECUTE FUNCTION rate_change_part_of_a_draft();
CREATE TRIGGER rate_effect_of_a_draft BEFORE INSERT ON rate_effect
    FOR EACH ROW EXECUTE FUNCTION rate_change_part_of_a_draft();
"""

ANSWER = """
CREATE FUNCTION rate_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.done_at IS NOT NULL
       OR (OLD.change_id, OLD.shop_id, OLD.answer, OLD.answered_at, OLD.answered_by_id)
          IS DISTINCT FROM
          (NEW.change_id, NEW.shop_id, NEW.answer, NEW.answered_at, NEW.answered_by_id) THEN
        RAISE EXCEPTION 'an answer stays as it was given' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'rate_answer_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rate_answer_stays BEFORE UPDATE ON rate_answer
    FOR EACH ROW EXECUTE FUNCTION rate_answer_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("rates", "0003_lines_and_changes")]

    operations = [
        migrations.RunSQL(
            FALLS,
            "DROP TRIGGER rate_falls_published ON rate; DROP FUNCTION rate_falls_published();",
        ),
        migrations.RunSQL(
            ENDED,
            "DROP TRIGGER rate_is_ended_never_edited ON rate;"
            " DROP FUNCTION rate_is_ended_never_edited();",
        ),
        migrations.RunSQL(
            STANDS,
            "DROP TRIGGER rate_change_stands ON rate_change;"
            " DROP TRIGGER rate_change_line_of_a_draft ON rate_change_line;"
            " DROP TRIGGER rate_effect_of_a_draft ON rate_effect;"
            " DROP FUNCTION rate_change_stands(); DROP FUNCTION rate_change_part_of_a_draft();",
        ),
        migrations.RunSQL(
            ANSWER,
            "DROP TRIGGER rate_answer_stays ON rate_answer; DROP FUNCTION rate_answer_stays();",
        ),
        append_only("rate_effect"),
        never_deleted("rate_change"),
        never_deleted("rate_answer"),
    ]
