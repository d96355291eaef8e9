"""Fetch the front-end files that the page serves and its tests use: version, hash and licence.

Two are made smaller on the way: Bootstrap's CSS keeps what the page uses (PurgeCSS), the runtime of
generators loses its comments (esbuild). Writes assets/vendor/ and tests/browser/vendor/, nothing
else. It is the only thing here that calls npm: running and testing use the committed copies.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVED = ROOT / "assets" / "vendor"
TESTS_ONLY = ROOT / "tests" / "browser" / "vendor"  # never served to anyone
USED_OF_BOOTSTRAP = ROOT / "tools" / "used-of-bootstrap.html"
PURGECSS, ESBUILD = "purgecss@8.0.0", "esbuild@0.25.0"


def purged(content: bytes) -> bytes:
    """A stylesheet without the rules that match nothing of what the page uses of Bootstrap."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.css"
        whole.write_bytes(content)
        npx(PURGECSS, "--css", str(whole), "--content", str(USED_OF_BOOTSTRAP),
            "--keyframes", "--output", f"{folder}/purged")  # fmt: skip
        return (Path(folder) / "purged" / "whole.css").read_bytes()


def minified(content: bytes) -> bytes:
    """A script in fewer bytes."""
    return npx(ESBUILD, "--minify", "--loader=js", content=content)


def npx(package: str, *words: str, content: bytes = b"") -> bytes:
    """What a tool of npm writes, of exactly this version."""
    return subprocess.run(  # noqa: S603
        ["npm", "exec", "--yes", "--", package, *words],  # noqa: S607
        input=content,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout


@dataclass(frozen=True)
class Package:
    """One npm package: the files taken from it, their names here, and which is made smaller."""

    name: str
    version: str
    licence: str
    licence_file: str
    files: dict[str, str]
    folder: Path = SERVED
    smaller: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)


PACKAGES = (
    Package(
        "plotly.js-basic-dist-min",
        "4.1.1",
        "MIT",
        "plotly.LICENSE.txt",
        {"plotly-basic.min.js": "plotly-basic.min.js"},
    ),
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        "bootstrap.LICENSE.txt",
        {"dist/css/bootstrap.min.css": "bootstrap.min.css"},
        smaller={"bootstrap.min.css": purged},
    ),
    Package(
        "regenerator-runtime",
        "0.14.1",
        "MIT",
        "regenerator-runtime.LICENSE.txt",
        {"runtime.js": "regenerator-runtime.min.js"},
        smaller={"regenerator-runtime.min.js": minified},
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        "inter.LICENSE.txt",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        },
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        "axe.LICENSE.txt",
        {"axe.min.js": "axe.min.js"},
        TESTS_ONLY,
    ),
)


def main() -> None:
    """Write every file, its licence and the manifest of each folder."""
    for folder in (SERVED, TESTS_ONLY):
        folder.mkdir(parents=True, exist_ok=True)
        packages = [package for package in PACKAGES if package.folder == folder]
        entries = [entry for package in packages for entry in fetch(package)]
        manifest = json.dumps({"files": entries}, indent=2) + "\n"
        (folder / "manifest.json").write_text(manifest, encoding="utf-8")
        for entry in entries:
            print(f"{entry['file']:24} {entry['bytes']:>9,} bytes  {entry['version']}")  # noqa: T201


def fetch(package: Package) -> list[dict[str, str | int]]:
    """Write the package's files and licence; return what the manifest says of them."""
    with tempfile.TemporaryDirectory() as folder:
        archive = pack(package, Path(folder))
        (package.folder / package.licence_file).write_bytes(member(archive, "LICENSE"))
        return [write(package, archive, *pair) for pair in package.files.items()]


def pack(package: Package, folder: Path) -> Path:
    """Have npm download the package's archive into `folder`."""
    wanted = f"{package.name}@{package.version}"
    subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", wanted],  # noqa: S607
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.tgz"))


def write(package: Package, archive: Path, source: str, target: str) -> dict[str, str | int]:
    """Write one file, without the pointer to a source map that is not served."""
    content = without_source_map(member(archive, source))
    if target in package.smaller:
        content = package.smaller[target](content)
    (package.folder / target).write_bytes(content)
    return {
        "file": target,
        "package": package.name,
        "version": package.version,
        "source": source,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": package.licence,
        "licence_file": package.licence_file,
    }


def without_source_map(content: bytes) -> bytes:
    """`content` without a closing sourceMappingURL comment; a font has none."""
    head, mark, _tail = content.rpartition(b"/*# sourceMappingURL=")
    return head if mark else content


def member(archive: Path, path: str) -> bytes:
    """The bytes of one file of an npm archive."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile(f"package/{path}")
        if file is None:
            raise FileNotFoundError(f"{archive.name} has no file {path}")
        return file.read()


if __name__ == "__main__":
    main()
