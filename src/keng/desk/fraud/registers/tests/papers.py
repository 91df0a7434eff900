"""Certificates for both ends of mutual TLS, good for an hour."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Papers:
    """An authority, its server's certificate and ours; and a stranger's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        key, own = self._issue("ca", None)
        self._issue("server", (key, own))
        self._issue("client", (key, own))
        stranger = self._issue("stranger_ca", None)
        self._issue("stranger", stranger)
        self.authority, self.certificate, self.key = (
            self.path(name) for name in ("ca.pem", "client.pem", "client.key")
        )

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def _issue(self, name: str, issuer):
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        begun = datetime.now(UTC) - timedelta(minutes=5)
        builder = x509.CertificateBuilder().subject_name(named).issuer_name(issuer[1].subject if issuer else named)
        builder = (
            builder.public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(begun)
        )
        builder = builder.not_valid_after(begun + timedelta(hours=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        if issuer:
            alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
            builder = builder.add_extension(alternative, critical=False)
        made = builder.sign(issuer[0] if issuer else key, hashes.SHA256())
        self._write(f"{name}.pem", made.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._write(f"{name}.key", private)
        return key, made

    def _write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)
