"""A key for demo and tests. It seals like a real one and says in its name that it is none."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

NAME = "Muster-Siegel, nicht amtlich"
YEARS = 10


def write_test_key(file: Path, *, password: str, at: datetime) -> None:
    """A new self-signed key on the curve P-256, as PKCS#12, readable by its owner only."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, at)
    content = pkcs12.serialize_key_and_certificates(
        NAME.encode(), key, certificate, None, BestAvailableEncryption(password.encode())
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content)


def _certificate(key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Muster"),
            x509.NameAttribute(NameOID.COMMON_NAME, NAME),
        ]
    )
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=at - timedelta(hours=1),
        not_valid_after=at + timedelta(days=365 * YEARS),
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return builder.add_extension(usage, critical=True).sign(key, SHA256())
