"""Tables of the kernel: one noun per file."""

from tongchuang.core.models.audit import ChainHead, Event
from tongchuang.core.models.counter import Counter
from tongchuang.core.models.files import StoredFile
from tongchuang.core.models.job import Job
from tongchuang.core.models.look import PhotoLook
from tongchuang.core.models.message import Message
from tongchuang.core.models.search import SearchEntry
from tongchuang.core.models.timetable import TimetableRun

__all__ = [
    "ChainHead",
    "Counter",
    "Event",
    "Job",
    "Message",
    "PhotoLook",
    "SearchEntry",
    "StoredFile",
    "TimetableRun",
]
