"""The timetable of every periodic job. Each command is safe to run twice."""

from tongchuang.core.timetable import Entry

TIMETABLE = [
    Entry("deliver_outbox", "* * * * *"),
    Entry("sweep_jobs", "*/5 * * * *"),
    # Reminders and blue slips.
    Entry("cases_clock", "*/10 * * * *"),
    # Silence past three working days is agreement.
    Entry("campaigns_clock", "5 * * * *"),
    Entry("assessment_snapshot", "0 1 * * *"),
    # The bulletin of the month that has just ended.
    Entry("bulletin_freeze", "0 0 1 * *"),
    # Meetings that fall due by their rhythm, and reminders.
    Entry("meetings_rhythm", "0 7 * * *"),
    Entry("clearsessions", "30 3 * * *"),
    Entry("prune_db_task_results", "40 3 * * *"),
    # What a transaction that was rolled back left in the store.
    Entry("sweep_files", "50 3 * * *"),
]
