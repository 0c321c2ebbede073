"""`python -m infra.reference`: builds the API's reference page into `.build/reference`, a folder for static hosting."""

from infra.paths import ROOT
from infra.reference import build_reference


def main() -> None:
    target = build_reference()
    size_mb = sum(file.stat().st_size for file in target.iterdir()) / 1e6
    print(f"{target.relative_to(ROOT)}/index.html and what it needs: {size_mb:.1f} MB")


if __name__ == "__main__":
    main()
