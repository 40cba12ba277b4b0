"""How certificates are printed.

`certification.pdf.press` imports WeasyPrint, which takes a second and needs Pango: only workers may import it,
and late. Nothing that the web process loads at its start does.
"""
