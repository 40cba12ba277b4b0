"""`python -m config.health`: whether the web server of this container answers, for the health check."""

import sys
import urllib.error
import urllib.request

CHECK = urllib.request.Request(
    "http://127.0.0.1:8000/healthz",
    headers={"X-Forwarded-Proto": "https"},  # as through the proxy, else the answer is a redirect to it
)


def main() -> None:
    try:
        with urllib.request.urlopen(CHECK, timeout=5) as answer:  # noqa: S310 - our own address
            sys.exit(answer.status != 200)
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"No answer: {error}")


if __name__ == "__main__":
    main()
