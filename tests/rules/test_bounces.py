from pathlib import Path

import pytest

from centres.rules.bounces import Kind, Report, read

SAMPLES = Path(__file__).resolve().parents[1] / "post" / "samples"


def sample(name: str) -> Report | None:
    return read((SAMPLES / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("name", "address", "kind", "status", "final", "says"),
    [
        ("postfix-unknown", "leitung@kita.example.net", Kind.HARD, "5.1.1", True, "User unknown in virtual"),
        ("postfix-delayed", "leitung@kita.example.net", Kind.SOFT, "4.4.1", False, "Connection timed out"),
        ("exim-report", "leitung@kita.example.net", Kind.HARD, "5.0.0", True, "550 no such mailbox"),
        ("exim-plain", "leitung@kita.example.net", Kind.HARD, "5.1.1", True, "User unknown"),
        ("exchange-unknown", "leitung@kita.example.net", Kind.HARD, "5.1.10", True, "RecipientNotFound"),
        ("exchange-policy", "leitung@kita.example.net", Kind.REFUSED, "5.7.1", True, "organization policy"),
        ("gmail-unknown", "leitung.kita@gmail.example", Kind.HARD, "5.1.1", True, "does not exist"),
        ("gmail-over-quota", "leitung.kita@gmail.example", Kind.SOFT, "4.2.2", True, "over quota"),
    ],
)
def test_a_report_names_address_and_reason(
    name: str, address: str, kind: Kind, status: str, final: bool, says: str
) -> None:
    report = sample(name)

    assert report is not None
    (failure,) = report.failures
    assert (failure.address, failure.kind, failure.status, failure.final) == (address, kind, status, final)
    assert says in failure.diagnostic


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*-*.eml")), ids=lambda path: path.stem)
def test_a_report_names_the_letter(path: Path) -> None:
    report = read(path.read_bytes())

    assert report is None or report.message_ids[0] == "<letter-17@127.0.0.1>"


@pytest.mark.parametrize("name", ["absence-note", "receipt", "delivered"])
def test_what_reports_no_failure_is_passed_over(name: str) -> None:
    assert sample(name) is None


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; report-type=delivery-status\n\nx"]
)
def test_rubbish_is_no_report(raw: bytes) -> None:
    assert read(raw) is None


def test_any_beginning_of_a_report_can_be_read() -> None:
    raw = (SAMPLES / "postfix-unknown.eml").read_bytes()

    assert {type(read(raw[:end])) for end in range(0, len(raw), 7)} == {Report, type(None)}
