"""How the house prints: any room lays out its own templates and styles on this press.

`centres.pdf.press` imports WeasyPrint, which takes a second and needs Pango: nothing that the web process loads at
its start may import it; whoever prints imports it late.
"""
