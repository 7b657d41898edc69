#!/usr/bin/env python3
"""Makes the clients out of openapi/openapi.json, ready to be installed: target/clients/python and target/clients/typescript.

A warning of a generator is an error: then there is something in the description that it cannot express.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "openapi/openapi.json"
CLIENTS = ROOT / "target/clients"
PYTHON_TOOLS = ROOT / ".tools/clients/bin"
NODE_MODULES = ROOT / ".tools/node/node_modules"
PACKAGE = "data_extraction_client"


def main():
    description = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    version = description["info"]["version"]
    python(CLIENTS / "python", version)
    typescript(CLIENTS / "typescript", version)
    print(f"clients: version {version} is in {CLIENTS.relative_to(ROOT)}/{{python,typescript}}")


def python(place, version):
    begin(place, "python", version, ["README.md", "pyproject.toml"])
    run(
        [PYTHON_TOOLS / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"]
        + ["--path", DOCUMENT, "--config", HERE / "python/config.yaml", "--output-path", place / PACKAGE],
    )
    # Says that its types are to be believed.
    (place / PACKAGE / "py.typed").touch()


def typescript(place, version):
    begin(place, "typescript", version, ["README.md", "package.json"])
    source = place / "src"
    source.mkdir()
    shutil.copy(HERE / "typescript/index.ts", source)
    with linked(place / "node_modules"):
        run(["node", HERE / "typescript/generate.cjs", DOCUMENT, source / "schema.ts"])
        run([NODE_MODULES / ".bin/tsc", "--project", write_config(place)])
    shutil.rmtree(source)
    (place / "tsconfig.json").unlink()


def begin(place, language, version, files):
    """An empty folder with what every package has."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", place)
    for name in files:
        text = (HERE / language / name).read_text(encoding="utf-8")
        (place / name).write_text(text.replace("0.0.0", version), encoding="utf-8")


class linked:
    """Where Node.js and the compiler look for packages, as long as the block lasts: it is no part of the package."""

    def __init__(self, place):
        self.place = place

    def __enter__(self):
        self.place.symlink_to(NODE_MODULES)

    def __exit__(self, *_):
        self.place.unlink()


def write_config(place):
    config = {
        "compilerOptions": {
            "strict": True,
            "target": "ES2022",
            "module": "NodeNext",
            "lib": ["ES2022", "DOM", "DOM.Iterable"],
            "types": [],
            "declaration": True,
            "rootDir": "src",
            "outDir": "dist",
        },
        "include": ["src"],
    }
    (place / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")
    return place / "tsconfig.json"


def run(command):
    # Both generators call tools of their own.
    path = os.pathsep.join([str(PYTHON_TOOLS), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "NODE_PATH": str(NODE_MODULES)}
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode or "warning" in done.stdout.lower():
        sys.exit(f"clients: {Path(command[0]).name} is not content:\n{done.stdout}")


if __name__ == "__main__":
    main()
