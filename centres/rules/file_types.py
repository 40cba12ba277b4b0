"""The kinds of file that are kept, by their content type, and the ending each has. Plain Python."""

MOST_BYTES = 20 * 1024 * 1024
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
PPTX = f"{_OFFICE}.presentationml.presentation"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
CONTENT_TYPES = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", DOCX: ".docx"}
ALL_TYPES = {**CONTENT_TYPES, PPTX: ".pptx", XLSX: ".xlsx"}
SHOWN_IN_PAGE = frozenset({PDF, JPEG, PNG})
IN_WORDS = {PDF: "PDF", JPEG: "Bild", PNG: "Bild", DOCX: "Word-Dokument", PPTX: "PowerPoint", XLSX: "Excel"}
