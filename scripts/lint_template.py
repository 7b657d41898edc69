"""Checks the template with the linters that know such templates, without network or credentials.

    .tools/sam/bin/python scripts/lint_template.py [TEMPLATE]

What is found and let pass is written down, with its reason, in .cfnlintrc.yaml and .checkov.yaml.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

ROOT = Path(__file__).resolve().parent.parent
SAM = ROOT / ".tools/sam/bin/sam"
CFN_LINT = ROOT / ".tools/sam/bin/cfn-lint"
CHECKOV = ROOT / ".tools/checkov/bin/checkov"
# Nobody is asked who we are, but some will not begin without an answer.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SAM_CLI_TELEMETRY": "0",
}


def main():
    os.environ |= NOBODY
    template = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "template.yaml").resolve()
    with tempfile.TemporaryDirectory(prefix="lint-") as folder, ThreadPoolExecutor() as pool:
        # Some rules see only CloudFormation's own resources: a function's time-out, for one.
        expanded = Path(folder, "expanded.json")
        expanded.write_text(json.dumps(expand(template)), encoding="utf-8")
        # Name, what it says where all is well (its status alone is not enough: some end well with
        # findings, or without having found anything to look at), command.
        linters = [
            ("sam", ".* is a valid SAM Template", SAM, "validate", "--lint", "-t", template),
            ("cfn-lint", "", CFN_LINT, template),
            ("cfn-lint, expanded", "", CFN_LINT, expanded),
            ("checkov", ".* Passed checks: [1-9].*, Failed checks: 0, .*", CHECKOV, "-f", template),
        ]
        clean = list(pool.map(lambda linter: is_clean(*linter), linters))
    sys.exit(not all(clean))


def expand(template):
    """The template as SAM expands it in CloudFormation."""
    content = yaml_parse(template.read_text(encoding="utf-8"))
    for resource in content["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(content, parameter_values={}, managed_policy_loader=None)


def is_clean(name, praise, *command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    clean = done.returncode == 0 and re.fullmatch(praise, " ".join(done.stdout.split()))
    print(f"{name}: clean" if clean else f"{name}: FINDINGS\n{done.stdout}\n{done.stderr}")
    return bool(clean)


if __name__ == "__main__":
    main()
