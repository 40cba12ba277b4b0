"""What auditors keep at hand: text blocks, a note about a case, marks that are still to be asked."""

from certification.models import Case, CaseNote, Finding, TextBlock, Verdict
from certification.models.paper import TextUse
from certification.rules.moves import State
from config.demo.people import Staff
from config.demo.world import World

MARKED = 2  # of the parts judged last in a case under review
BLOCKS = {
    ("Gut im Sozialraum verankert", TextUse.APPRAISAL): "Das Familienzentrum ist im Sozialraum gut verankert und "
    "arbeitet mit seinen Partnern verlässlich zusammen.",
    ("Angebote gut dokumentiert", TextUse.APPRAISAL): "Die Angebote sind regelmäßig, gut besucht und nachvollziehbar "
    "dokumentiert.",
    (
        "Väter stärker ansprechen",
        TextUse.POTENTIAL,
    ): "Wir regen an, Väter mit eigenen Angeboten stärker anzusprechen.",
    (
        "Angebote am Wochenende",
        TextUse.POTENTIAL,
    ): "Angebote am Samstag könnten berufstätige Eltern besser erreichen.",
}


def make_papers(world: World, staff: Staff) -> None:
    TextBlock.objects.bulk_create(TextBlock(title=title, use=use, text=text) for (title, use), text in BLOCKS.items())
    case = Case.objects.filter(state=State.IN_REVIEW, auditor=staff.auditor).order_by("pk").first()
    if case is None:
        return
    begun = case.state_since
    CaseNote.objects.create(
        case=case, text="Die Leitung ist dienstags und donnerstags am besten zu erreichen.", by=staff.second, at=begun
    )
    last = Finding.objects.filter(case=case).order_by("-part__criterion__area__number", "-part")[:MARKED]
    for finding in last:
        finding.verdict, finding.question = Verdict.QUERY, world.one_of(world.texts["questions"])
        finding.save()
