"""The timetable of every periodic job. Each command is safe to run twice."""

from tongchuang.core.timetable import Entry

TIMETABLE = [
    Entry("deliver_outbox", "* * * * *"),
    Entry("sweep_jobs", "*/5 * * * *"),
    # Reminders and blue slips.
    Entry("cases_clock", "*/10 * * * *"),
    Entry("assessment_snapshot", "0 1 * * *"),
    # The bulletin of the month that has just ended.
    Entry("bulletin_freeze", "0 0 1 * *"),
    Entry("clearsessions", "30 3 * * *"),
    Entry("prune_db_task_results", "40 3 * * *"),
    # What a transaction that was rolled back left in the store.
    Entry("sweep_files", "50 3 * * *"),
]
