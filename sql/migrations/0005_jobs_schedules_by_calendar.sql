-- Schedules follow calendars. No older program works beside this: it would fire on holidays.

-- Which days are worked, by name; declared together with the schedules that follow them.
CREATE TABLE ltc_jobs.calendars (
    name text COLLATE "C" NOT NULL,
    -- {"name": …, "weekdays": [1, 2, 3, 4, 5], "holidays": {"2026-12-25": …}, "workdays": {…}}
    days jsonb NOT NULL,
    CONSTRAINT calendars_pk PRIMARY KEY (name),
    CONSTRAINT calendars_days_are_an_object CHECK (jsonb_typeof(days) = 'object')
);

ALTER TABLE ltc_jobs.schedules
    ADD COLUMN calendar text COLLATE "C",
    ADD COLUMN on_holiday text,
    ADD CONSTRAINT schedules_calendar_fk FOREIGN KEY (calendar) REFERENCES ltc_jobs.calendars,
    ADD CONSTRAINT schedules_calendar_says_what_to_do CHECK ((calendar IS NULL) = (on_holiday IS NULL)),
    ADD CONSTRAINT schedules_on_holiday_is_known CHECK (on_holiday IN ('fire', 'skip', 'next', 'previous'));

GRANT SELECT, INSERT, UPDATE, DELETE ON ltc_jobs.calendars TO ltc_daemon, ltc_admin;
GRANT SELECT ON ltc_jobs.calendars TO ltc_auditor;
