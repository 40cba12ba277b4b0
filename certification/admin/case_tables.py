"""What the ministry reads below the facts of a case."""

from django.utils import timezone
from django.utils.formats import date_format

from certification.admin.base import Table
from certification.models import AreaResult, Case, Finding, Outcome, Query, SiteVisit, Step
from certification.rules.moves import BY_ACT, LABELS, State


def tables_of(case: Case) -> list[Table]:
    tables = (
        *(_steps, _assignments, _exemptions, _outcomes, _objections),
        *(_areas, _queries, _visits, _findings),
    )
    return [table(case) for table in tables]


def _moment(value: object) -> str:
    return date_format(timezone.localtime(value), "d.m.Y, H:i") if value else "–"  # type: ignore[arg-type]


def _steps(case: Case) -> Table:
    rows = [
        (_moment(s.at), _label_of(s), LABELS[State(s.new)], s.by.name if s.by else "von selbst", s.reason)
        for s in Step.objects.filter(case=case).select_related("by").order_by("at", "pk")
    ]
    return Table("Verlauf", ("Wann", "Schritt", "Stand danach", "Wer", "Begründung"), rows)


def _assignments(case: Case) -> Table:
    rows = [
        (_moment(a.at), a.to.name, a.instead_of.name if a.instead_of else "niemand", a.by.name, a.note)
        for a in case.assignments.select_related("to", "instead_of", "by").order_by("at", "pk")
    ]
    return Table("Zuständigkeit", ("Wann", "Zuständig wird", "statt", "Entschieden von", "Hinweis"), rows)


def _exemptions(case: Case) -> Table:
    rows = [
        (_moment(e.granted_at), e.auditor.name, e.about, e.granted_by.name, e.reason)
        for e in case.exemptions.select_related("auditor", "granted_by").order_by("granted_at", "pk")
    ]
    headers = ("Wann", "Für wen", "Worüber hinweg", "Zugelassen von", "Begründung")
    return Table("Ausnahmen von der Unabhängigkeit", headers, rows)


def _label_of(step: Step) -> str:
    move = BY_ACT.get(step.act)
    return move.label if move else "einladen"


def _outcomes(case: Case) -> Table:
    rows = [
        (
            str(o),
            f"{o.recommended_by.name}, {_moment(o.recommended_at)}",
            f"{o.released_by.name}, {_moment(o.released_at)}" if o.released_by else "–",
            _moment(o.sent_back_at),
            o.deviation_reason,
            " ".join(
                filter(None, (o.correction_reason, f"Ersetzt am {_moment(o.replaced_at)}." if o.replaced_at else ""))
            ),
        )
        for o in Outcome.objects.filter(case=case).select_related("recommended_by", "released_by").order_by("pk")
    ]
    headers = (
        "Ergebnis",
        "Vorgeschlagen",
        "Freigegeben",
        "Zurückgegeben",
        "Abweichung von der Rechnung",
        "Berichtigung",
    )
    return Table("Ergebnis", headers, rows, "Es liegt noch kein Vorschlag vor.")


def _objections(case: Case) -> Table:
    rows = [
        (
            date_format(o.received_on, "d.m.Y"),
            o.objector,
            o.grounds,
            f"{o.recorded_by.name}, {_moment(o.recorded_at)}",
            f"{o.get_result_display()}, {date_format(o.decided_on, 'd.m.Y')}" if o.decided_on else "offen",
            o.decision,
        )
        for o in case.objections.select_related("recorded_by").order_by("received_on", "pk")
    ]
    headers = ("Eingegangen", "Von wem", "Gründe", "Festgehalten", "Ausgang", "Begründung")
    return Table("Widersprüche", headers, rows, "Es ist kein Widerspruch festgehalten.")


def _areas(case: Case) -> Table:
    results = AreaResult.objects.filter(case=case).select_related("area").order_by("area__number")
    rows = [(str(r.area), r.get_grade_display(), r.text) for r in results]
    return Table("Bewertung der Bereiche", ("Bereich", "Bewertung", "Würdigung"), rows, "Noch keine.")


def _queries(case: Case) -> Table:
    rows = [
        (_moment(q.asked_at), q.text, _period(q), q.answer, _moment(q.closed_at or q.answered_at))
        for q in Query.objects.filter(case=case).order_by("pk")
    ]
    return Table("Rückfragen", ("Gestellt", "Frage", "Antwort bis", "Antwort", "Beantwortet oder beendet"), rows)


def _period(query: Query) -> str:
    """Until when, and by which rule."""
    until = date_format(query.due_on, "d.m.Y")
    if query.counted_from is None:
        return until
    since = date_format(query.counted_from, "d.m.Y")
    return f"{until} ({query.working_days} Arbeitstage nach dem {since}, Kalender {query.calendar_version})"


def _visits(case: Case) -> Table:
    rows = [
        (
            _moment(v.starts_at),
            v.get_mode_display(),
            v.visitor.name,
            _fate(v),
        )
        for v in SiteVisit.objects.filter(case=case).select_related("visitor").order_by("pk")
    ]
    return Table("Begehungen", ("Termin", "Art", "Wer besucht", "Stattgefunden"), rows)


def _fate(visit: SiteVisit) -> str:
    if visit.cancelled_at:
        return f"abgesagt, {_moment(visit.cancelled_at)}"
    return date_format(visit.held_on, "d.m.Y") if visit.held_on else "–"


def _findings(case: Case) -> Table:
    findings = Finding.objects.filter(case=case).select_related("part__criterion__area")
    rows = [
        (f.part.code, f.part.criterion.title, f.get_verdict_display(), f.note)
        for f in findings.order_by("part__criterion__area__number", "part__criterion__position", "part__code")
    ]
    return Table("Urteile", ("Nummer", "Kriterium", "Urteil", "Interne Notiz"), rows, "Noch keine.")
