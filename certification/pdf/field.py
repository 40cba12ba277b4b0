"""The visible signature field. ISO 14289-1, 7.18: a field stands in the structure tree and has a name to read out."""

from typing import Any

import pydyf

NAME = "Siegel"
READ_OUT = "Elektronisches Siegel der Zertifizierungsstelle"
MM = 72 / 25.4
# Left, bottom, right, top on the page; certificate.css leaves this place free (.electronic-seal).
BOX = tuple(round(mm * MM, 2) for mm in (144, 26, 186, 44))
PRINT_AND_LOCK = 4 | 128


def add_seal_field(_document: Any, pdf: pydyf.PDF) -> None:
    """An empty signature field on the only page; as WeasyPrint's `finisher`."""
    page = pdf.page_references[0]
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    root = _object(pdf, tree["K"][0])
    numbers = _object(pdf, tree["ParentTree"])["Nums"]
    number = numbers[-2] + 1
    widget = _added(
        pdf,
        Type="/Annot",
        Subtype="/Widget",
        FT="/Sig",
        T=pydyf.String(NAME),
        TU=pydyf.String(READ_OUT),
        Rect=pydyf.Array(BOX),
        F=PRINT_AND_LOCK,
        P=page,
        StructParent=number,
    )
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget, "Pg": page})
    element = _added(pdf, Type="/StructElem", S="/Form", P=root.reference, Pg=page, K=pydyf.Array([place]))
    root["K"].append(element)
    numbers.extend([number, element])
    _object(pdf, page).setdefault("Annots", pydyf.Array()).append(widget)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget]), "SigFlags": 3})


def _added(pdf: pydyf.PDF, **entries: Any) -> bytes:
    added = pydyf.Dictionary(entries)
    pdf.add_object(added)
    reference: bytes = added.reference
    return reference


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
