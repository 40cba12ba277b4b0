"""PDF/A-3a and PDF/UA-1 in one file. WeasyPrint claims one of them; the other is added to its metadata here."""

from collections.abc import Callable
from typing import Protocol

END = b"</rdf:RDF>"

# ISO 14289-1, 5: the identification; ISO 19005-3, 6.6.2.3.3: PDF/A knows of no other schemas than it is told.
ACCESSIBLE = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


class Metadata(Protocol):
    generate_rdf_metadata: Callable[[str, int, str], bytes]


def claim_accessible(metadata: Metadata) -> None:
    """WeasyPrint's own option `xmp_metadata` adds a second rdf:RDF, which validators do not read."""
    generate = metadata.generate_rdf_metadata

    def with_claim(variant: str, version: int, conformance: str) -> bytes:
        return generate(variant, version, conformance).replace(END, ACCESSIBLE + END)

    metadata.generate_rdf_metadata = with_claim
