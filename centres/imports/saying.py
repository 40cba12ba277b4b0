from typing import TextIO

from django.core.management.base import OutputWrapper

from centres.imports.problems import Report

PROBLEMS_AT_MOST = 200


def say(report: Report, out: OutputWrapper | TextIO, *, dry_run: bool) -> None:
    """The report on a command line."""
    for sentence in [
        *map(str, report.problems[:PROBLEMS_AT_MOST]),
        *_more(report),
        *report.notes,
        *report.sentences(),
    ]:
        out.write(sentence)
    if dry_run:
        out.write("Probelauf: Es wurde nichts geändert.")


def _more(report: Report) -> list[str]:
    left = len(report.problems) - PROBLEMS_AT_MOST
    return [f"… und {left} weitere."] if left > 0 else []
