"""The electronic seal (PAdES, ETSI EN 319 142) that a certificate carries where a key is configured."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.conf import settings
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle

from certification.pdf.field import BOX, NAME

WIDTH, HEIGHT = BOX[2] - BOX[0], BOX[3] - BOX[1]
FOR_SIGNATURE_AND_ATTRIBUTES = 2048
# A ring with a tick, in the colours of certificate.css; the words beside it are text of the page.
RING = f"""q 1 0 0 1 {WIDTH / 2:.2f} {HEIGHT / 2 + 5:.2f} cm 0.71 0.53 0.23 RG 0.06 0.27 0.33 rg 0.8 w
17 0 m 17 9.39 9.39 17 0 17 c -9.39 17 -17 9.39 -17 0 c -17 -9.39 -9.39 -17 0 -17 c 9.39 -17 17 -9.39 17 0 c s
14 0 m 14 7.73 7.73 14 0 14 c -7.73 14 -14 7.73 -14 0 c -14 -7.73 -7.73 -14 0 -14 c 7.73 -14 14 -7.73 14 0 c f
1 1 1 RG 2.6 w 1 J 1 j -6.5 0 m -2 -4.5 l 6.5 5 l S Q"""


class UnsuitableKeyError(Exception):
    """The configured key cannot seal."""


class KeptKeySigner(SimpleSigner):
    """pyHanko reads and checks the private key anew for each signature; we do it once for the process."""

    key: EllipticCurvePrivateKey | RSAPrivateKey

    @classmethod
    def kept(cls, file: Path, password: str) -> "KeptKeySigner":
        loaded = SimpleSigner.load_pkcs12(file, passphrase=password.encode() or None)  # type: ignore[no-untyped-call]
        if loaded is None:
            raise UnsuitableKeyError(f"{file} is no PKCS#12 file, or SEAL_KEY_PASSWORD is wrong.")
        signer = cls(loaded.signing_cert, loaded.signing_key, loaded.cert_registry)
        key = load_der_private_key(loaded.signing_key.dump(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
            raise UnsuitableKeyError(f"{file} has neither an RSA nor an elliptic curve key.")
        signer.key = key
        return signer

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if isinstance(self.key, EllipticCurvePrivateKey):
            return self.key.sign(data, ECDSA(SHA256()))
        return self.key.sign(data, PKCS1v15(), SHA256())


class Stamp(NamedTuple):
    signer: PdfSigner
    reserved: int


def configured() -> bool:
    return bool(settings.SEAL_KEY_FILE)


def apply(pdf: bytes) -> bytes:
    """The PDF with its empty field filled by the house's seal; nothing may be changed after that."""
    stamp = _stamp(Path(settings.SEAL_KEY_FILE), settings.SEAL_KEY_PASSWORD)
    sealed = BytesIO()
    stamp.signer.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        existing_fields_only=True,
        bytes_reserved=stamp.reserved,
        output=sealed,
    )
    return sealed.getvalue()


@cache
def _stamp(file: Path, password: str) -> Stamp:
    signer = KeptKeySigner.kept(file, password)
    metadata = PdfSignatureMetadata(
        field_name=NAME,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    return Stamp(PdfSigner(metadata, signer, stamp_style=_appearance()), _room_for(signer))


def _room_for(signer: KeptKeySigner) -> int:
    """Hexadecimal digits. Told in advance, pyHanko need not sign twice to find out."""
    certificates = {cert.dump() for cert in (signer.signing_cert, *signer.cert_registry)}
    return 2 * (sum(map(len, certificates)) + FOR_SIGNATURE_AND_ATTRIBUTES)


def _appearance() -> StaticStampStyle:
    ring = RawContent(RING.encode(), box=BoxConstraints(width=WIDTH, height=HEIGHT))
    return StaticStampStyle(
        border_width=0,
        background=ring,
        background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID),
    )
