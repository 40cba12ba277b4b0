"""What this room prints on the press of the house: certificates, quality profiles, receipts, packs for visits.

All of it imports WeasyPrint, which takes a second and needs Pango: only workers may import it, and late; see
`centres.pdf`. Nothing that the web process loads at its start does.
"""
