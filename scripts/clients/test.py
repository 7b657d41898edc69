#!/usr/bin/env python3
"""Tries the clients that `make clients` has made, as packages that were installed, against the built product.

    test.py [BINARY]

Types are checked as strictly as the languages' tools can; then the tests and the examples of docs/clients.md are run.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from generate import CLIENTS, HERE, NODE_MODULES, PYTHON_TOOLS, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from product import Failure, Product, built_binary, expect, make_key  # noqa: E402

PAGE = ROOT / "docs/clients.md"


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else built_binary()
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        folder = Path(folder)
        with (
            Product(binary, folder / "product", AUTH_MODE="keys") as product,
            Product(binary, folder / "held", WORKER="off") as held,
        ):
            variables = {**os.environ, "URL": product.url, "HELD": held.url, "KEY": make_key(product)}
            python(folder / "python", variables)
            typescript(folder / "typescript", variables)
    print("clients: both call every operation, and are answered as it is described")


def python(place, variables):
    place.mkdir()
    # A copy, for a build leaves its own files beside what it builds.
    shutil.copytree(CLIENTS / "python", place / "source")
    install = [ROOT / ".tools/uv/bin/uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    run([*install, "--no-build-isolation", "--python", PYTHON_TOOLS / "python"]
        + ["--target", place / "installed", place / "source"], variables)  # fmt: skip
    example = examples(place, "python", "py")
    test = HERE / "python/test_client.py"
    variables = {**variables, "PYTHONPATH": str(place / "installed"), "MYPYPATH": str(place / "installed")}
    mypy = [PYTHON_TOOLS / "mypy", "--strict", "--follow-imports=silent", "--cache-dir", place / "cache"]
    run([*mypy, test, *example], variables)
    for program in [test, *example]:
        run([PYTHON_TOOLS / "python", "-B", program], variables)


def typescript(place, variables):
    scope = place / "node_modules/@data-extraction"
    scope.mkdir(parents=True)
    run(["npm", "pack", "--silent", "--offline", "--pack-destination", place, CLIENTS / "typescript"], variables)
    (package,) = place.glob("*.tgz")
    with tarfile.open(package) as packed:
        packed.extractall(scope, filter="data")
    (scope / "package").rename(scope / "client")
    for name in ("openapi-fetch", "openapi-typescript-helpers", "@types"):
        (place / "node_modules" / name).symlink_to(NODE_MODULES / name)
    shutil.copy(HERE / "typescript/client.test.ts", place)
    shutil.copy(HERE / "typescript/tsconfig.test.json", place / "tsconfig.json")
    (place / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    example = examples(place, "ts", "ts")
    run([NODE_MODULES / ".bin/tsc", "--project", place], variables)
    run(["node", "--test", place / "client.test.js"], {**variables, "ROOT": str(ROOT)})
    for program in example:
        run(["node", program.with_suffix(".js")], variables)


def examples(place, language, suffix):
    """The examples of the page in this language, as programs."""
    blocks = re.findall(rf"```{language}\b[^\n]*\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    expect(blocks, f"{PAGE} has no example in {language}")
    programs = []
    for number, block in enumerate(blocks, 1):
        programs.append(place / f"example{number}.{suffix}")
        programs[-1].write_text(block, encoding="utf-8")
    return programs


def run(command, variables):
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"clients: {error}")
