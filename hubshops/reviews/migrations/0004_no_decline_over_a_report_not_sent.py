from django.db import migrations

# A report in which something stands comes before a decline too: cleared, or sent to its person.
HEED = """
CREATE OR REPLACE FUNCTION application_heeds_its_checks() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHERE person.application_id = NEW.id AND status = 'consider'
    ) THEN
        RAISE EXCEPTION 'something stands in a report: clear it, or send it to its person first'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'application_declined_after_its_report_was_sent';
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
"""
HEEDED = """
CREATE OR REPLACE FUNCTION application_heeds_its_checks() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_a_no_is_kept")]

    operations = [migrations.RunSQL(HEED, HEEDED)]
