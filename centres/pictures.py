"""Photos as they are kept: upright, of a size that is read and not more, and nothing in them but the picture."""

import io

import pi_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from centres.rules.file_types import JPEG, PNG

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 4096  # a sheet of A4 at 350 dots per inch
QUALITY = 88
BROKEN = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, UnidentifiedImageError)


class UnreadableError(Exception):
    """This is no picture, or a broken one."""


class TooManyPixelsError(Exception):
    """Unpacked, the picture would take more memory than any photo needs."""


def cleaned(content: bytes) -> tuple[bytes, str]:
    """The picture alone, drawn anew, and its content type. Raises UnreadableError and TooManyPixelsError.

    Place, time, device, comments and previews are gone, since they are not part of what is drawn. HEIC, which few
    browsers show, becomes JPEG.
    """
    try:
        with _opened(content) as picture:
            is_png = picture.format == "PNG"
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyPixelsError
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint allows it for the whole process
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = _in_usual_colours(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixelsError from error
    except BROKEN as error:
        raise UnreadableError from error
    return (
        (_written(drawn, "PNG", optimize=True), PNG) if is_png else (_written(drawn, "JPEG", quality=QUALITY), JPEG)
    )


def _opened(content: bytes) -> Image.Image:
    if pi_heif.is_supported(content):
        photo = pi_heif.open_heif(content)
        width, height = photo.size  # known before it is unpacked
        if width * height > MOST_PIXELS:
            raise TooManyPixelsError
        picture: Image.Image = photo.to_pillow()
        return picture
    return Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))


def _in_usual_colours(picture: Image.Image) -> Image.Image:
    """Phones name their colours in a profile; without it the same numbers would look pale."""
    profile = picture.info.get("icc_profile")
    plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if profile and picture.mode in {"RGB", "RGBA"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), inPlace=True)
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile nobody can read changes nothing
    return plain


def _written(picture: Image.Image, form: str, **options: int | bool) -> bytes:
    picture.info = {}
    if form == "JPEG" and picture.mode != "RGB":
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
