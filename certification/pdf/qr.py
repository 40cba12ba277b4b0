import segno

DARK = "#16323c"


def qr_code(address: str) -> str:
    """The address as a picture of one path, in a data URL.

    A QR code may be drawn in eight patterns. Readers take any; finding the prettiest costs eight times the work.
    """
    code = segno.make(address, error="m", boost_error=False, micro=False, mask=2)
    picture: str = code.svg_data_uri(border=4, dark=DARK, omitsize=True, svgclass=None, lineclass=None)
    return picture
