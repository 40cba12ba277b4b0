"""Which cases wait for whom: one selection, the same on the page, in the export and for the act on many."""

from certification.worklist.columns import COLUMNS, DEFAULT_ORDER, Column, Due, due_of, ordered
from certification.worklist.export import TITLES, lines
from certification.worklist.lists import TABS, Tab, counts, rows, tab_named
from certification.worklist.narrowing import WorklistFilter
from certification.worklist.selection import Selection, chosen, kept, selection_of

__all__ = [
    "COLUMNS",
    "DEFAULT_ORDER",
    "TABS",
    "TITLES",
    "Column",
    "Due",
    "Selection",
    "Tab",
    "WorklistFilter",
    "chosen",
    "counts",
    "due_of",
    "kept",
    "lines",
    "ordered",
    "rows",
    "selection_of",
    "tab_named",
]
