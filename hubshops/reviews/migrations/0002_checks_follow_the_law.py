from django.db import migrations

from kernel.models import append_only, moves_along, never_deleted

MOVES = {
    "asked": "consented excused",
    "consented": "ordered excused",
    "ordered": "clear consider excused",
    "consider": "cleared pre_adverse",
    "pre_adverse": "cleared adverse",
    "adverse": "excused",
}

# Between the day on which a report was sent and the first day of a final no lie five weekdays at
# least; that holidays don't count either is computed where the day is written.
STEPS = """
CREATE FUNCTION background_check_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'asked' THEN
            RAISE EXCEPTION 'a background check begins by asking, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'background_check_begins_by_asking';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.consented_at IS NOT NULL AND
        (NEW.consented_at, NEW.consent_name, NEW.consent_text, NEW.consent_address, NEW.consent_device)
        IS DISTINCT FROM
        (OLD.consented_at, OLD.consent_name, OLD.consent_text, OLD.consent_address, OLD.consent_device)
    THEN
        RAISE EXCEPTION 'a consent stays as it was given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'background_check_consent_stays';
    END IF;
    IF OLD.report_sent_on IS NOT NULL AND (NEW.report_sent_on, NEW.adverse_from, NEW.report)
        IS DISTINCT FROM (OLD.report_sent_on, OLD.adverse_from, OLD.report)
    THEN
        RAISE EXCEPTION 'a report that is with its person stays, and so does her time'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'background_check_wait_stays';
    END IF;
    IF NEW.adverse_from IS NOT NULL AND (
        SELECT count(*) < 5 FROM generate_series(
            NEW.report_sent_on + 1, NEW.adverse_from - 1, interval '1 day'
        ) AS day WHERE extract(isodow FROM day) < 6
    ) THEN
        RAISE EXCEPTION 'less than five business days between % and %',
            NEW.report_sent_on, NEW.adverse_from
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'background_check_waits_five_business_days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER background_check_steps BEFORE INSERT OR UPDATE ON background_check
    FOR EACH ROW EXECUTE FUNCTION background_check_steps();
"""
NO_STEPS = """
DROP TRIGGER background_check_steps ON background_check;
DROP FUNCTION background_check_steps();
"""

DECISIONS = """
CREATE FUNCTION application_heeds_its_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'approved' AND (
        NOT EXISTS (SELECT FROM application_person WHERE application_id = NEW.id)
        OR EXISTS (
            SELECT FROM application_person person
            LEFT JOIN background_check ON background_check.person_id = person.id
            WHERE person.application_id = NEW.id
                AND coalesce(status, 'asked') NOT IN ('clear', 'cleared', 'excused')
        )
    ) THEN
        RAISE EXCEPTION 'somebody who will deliver is neither checked nor excused'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'application_approved_with_its_people_checked';
    END IF;
    IF NEW.status = 'declined' AND EXISTS (
        SELECT FROM application_person person
        JOIN background_check ON background_check.person_id = person.id
        WHERE person.application_id = NEW.id AND status = 'pre_adverse'
    ) THEN
        RAISE EXCEPTION 'a report is with its person: she has five business days'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'application_declined_after_the_five_business_days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_heeds_its_checks BEFORE UPDATE OF status ON application
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION application_heeds_its_checks();
"""
NO_DECISIONS = """
DROP TRIGGER application_heeds_its_checks ON application;
DROP FUNCTION application_heeds_its_checks();
"""


def fill(apps, schema_editor):
    """The moves as they are on this day."""
    move = apps.get_model("reviews", "CheckMove")
    move.objects.bulk_create(
        move(source=source, target=target)
        for source, targets in MOVES.items()
        for target in targets.split()
    )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_claims_and_checks")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        append_only("background_check_move"),
        moves_along("background_check"),
        append_only("background_check_event"),
        never_deleted("background_check"),
        migrations.RunSQL(STEPS, NO_STEPS),
        migrations.RunSQL(DECISIONS, NO_DECISIONS),
    ]
