"""Keys, signed notes and checkpoints: the specification's own bytes, every changed byte, wrong keys, files."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keng import cli
from keng.base.errors import InputError
from keng.base.keys_command import make_key, public_path
from keng.base.signing import Checkpoint, PublicKey, Signer, open_note, parse_checkpoint, sign_note

# RFC 8032 section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNATURE_OF_NOTHING = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)
# https://pkg.go.dev/golang.org/x/mod/sumdb/note, the package's example: the same format from an independent hand.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

signer = Signer(Ed25519PrivateKey.from_private_bytes(SEED), "keng.example/ledger")
checkpoint = Checkpoint("keng.example/ledger", 3, bytes(range(32)), ("chain " + "ab" * 32,))


def test_it_signs_as_rfc_8032_does() -> None:
    assert signer.sign(b"").hex() == SIGNATURE_OF_NOTHING
    assert signer.public.verify(b"", bytes.fromhex(SIGNATURE_OF_NOTHING))
    assert not signer.public.verify(b"x", bytes.fromhex(SIGNATURE_OF_NOTHING))


def test_it_opens_a_note_that_go_signed() -> None:
    import base64

    name, key_hash, data = GO_KEY.split("+", 2)
    raw = base64.b64decode(data)
    assert raw[0] == 1
    key = PublicKey(Ed25519PublicKey.from_public_bytes(raw[1:]))
    assert key.key_hash(name).hex() == key_hash
    assert open_note(GO_NOTE, name, [key]) == (GO_NOTE.partition("\n\n")[0] + "\n", key)


def test_a_checkpoint_has_exactly_these_bytes() -> None:
    text = f"keng.example/ledger\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nchain {'ab' * 32}\n"
    assert checkpoint.text() == text
    assert parse_checkpoint(text) == checkpoint
    note = sign_note(text, signer)
    assert note.startswith(text + "\n— keng.example/ledger ")
    assert open_note(note, signer.name, [signer.public])[0] == text


def test_every_changed_byte_of_a_note_is_seen() -> None:
    note = sign_note(checkpoint.text(), signer).encode()
    for place in range(len(note)):
        changed = bytearray(note)
        changed[place] ^= 1
        try:
            text = changed.decode()
        except UnicodeDecodeError:
            continue
        with pytest.raises(InputError):
            open_note(text, signer.name, [signer.public])


def test_another_key_is_not_the_signer() -> None:
    note = sign_note(checkpoint.text(), signer)
    with pytest.raises(InputError, match="not_signed"):
        open_note(note, signer.name, [Signer.generate("other").public])
    with pytest.raises(InputError, match="not_signed"):
        open_note(note, "keng.example/other", [signer.public])


def test_a_witness_may_sign_too() -> None:
    text, witness = checkpoint.text(), Signer.generate("witness.example")
    note = sign_note(text, signer) + sign_note(text, witness).rpartition("\n\n")[2]
    assert open_note(note, signer.name, [signer.public])[1] == signer.public
    assert open_note(note, witness.name, [witness.public])[1] == witness.public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAEC\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nb\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "a\r\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
)
def test_it_refuses_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(InputError):
        parse_checkpoint(text)


def test_an_origin_cannot_smuggle_lines() -> None:
    with pytest.raises(InputError):
        Checkpoint("a\n9\nb", 1, bytes(32)).text()
    with pytest.raises(InputError):
        Signer.generate("two words")


def test_the_key_id_is_of_the_public_key_alone() -> None:
    import hashlib

    der = bytes.fromhex("302a300506032b6570032100") + PUBLIC
    assert signer.key_id == signer.public.key_id == hashlib.sha256(der).hexdigest()[:16]
    assert "Ed25519PrivateKey" not in repr(signer)


def test_key_new_writes_both_halves_and_never_over_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    private = tmp_path / "k.pem"
    assert cli.main(["key", "new", "-o", str(private)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k.pem", "k.pem.pub"]
    key = Signer.load(private, "keng.example/ledger")
    assert PublicKey.load(public_path(private)).key_id == key.key_id == said["key_id"]
    before = private.read_bytes()
    assert cli.main(["key", "new", "-o", str(private)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "đã có" in told.err and "exists" in told.err
    assert private.read_bytes() == before


def test_a_standing_public_file_stops_it_and_no_private_half_is_left(tmp_path: Path) -> None:
    (tmp_path / "k.pem.pub").write_text("somebody's")
    with pytest.raises(InputError, match=r"key\.exists"):
        make_key(tmp_path / "k.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["k.pem.pub"]
    with pytest.raises(InputError, match=r"key\.unwritable"):
        make_key(tmp_path / "nowhere" / "k.pem")


def test_openssl_reads_our_keys(tmp_path: Path) -> None:
    make_key(tmp_path / "k.pem")
    made = subprocess.run(["openssl", "pkey", "-in", tmp_path / "k.pem", "-pubout"], capture_output=True, check=True)
    assert made.stdout == (tmp_path / "k.pem.pub").read_bytes()


def test_it_refuses_other_keys_and_missing_files(tmp_path: Path) -> None:
    curve = generate_private_key(SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "ec.pem").write_bytes(curve.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    (tmp_path / "text").write_text("no key")
    make_key(tmp_path / "k.pem")
    for path in (tmp_path / "ec.pem", tmp_path / "text", tmp_path / "k.pem.pub"):
        with pytest.raises(InputError, match="not_ed25519"):
            Signer.load(path, "a")
    for path in (tmp_path / "ec.pem", tmp_path / "text", tmp_path / "k.pem"):
        with pytest.raises(InputError, match="not_ed25519"):
            PublicKey.load(path)
    with pytest.raises(InputError, match="unreadable"):
        PublicKey.load(tmp_path / "none")
