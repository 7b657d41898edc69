#!/usr/bin/env python3
"""Tests that check_bootstraps.py finds what it is there to find. Needs a C compiler."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "check_bootstraps.py"


class CheckBootstraps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="check-bootstraps-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_plain_program_passes(self):
        self.compile("plain", "int main(void) { return 0; }")
        self.assertEqual(self.check("worker=plain"), (0, ""))

    def test_a_symbol_of_a_newer_glibc_is_found(self):
        self.write("map", "GLIBC_2.35 { fresh; };")
        self.compile("libc.so.6", "void fresh(void) {}", "-shared", "-Wl,--version-script=map")
        calls = "void fresh(void); int main(void) { fresh(); }"
        self.compile("newer", calls, "./libc.so.6", "-Wl,--allow-shlib-undefined")
        code, complaint = self.check("worker=newer")
        self.assertEqual(code, 1)
        self.assertIn("needs GLIBC_2.35; there is 2.34", complaint)

    def test_a_library_that_lambda_has_not_is_found(self):
        self.compile("libssl.so.3", "void fresh(void) {}", "-shared", "-Wl,-soname,libssl.so.3")
        calls = "void fresh(void); int main(void) { fresh(); }"
        self.compile("linked", calls, "./libssl.so.3")
        code, complaint = self.check("worker=linked")
        self.assertEqual(code, 1)
        self.assertIn("needs libssl.so.3, which is not there", complaint)

    def test_the_engine_in_the_api_is_found(self):
        source = 'const char *in = "hayro"; int main(void) { return in[0] == 0; }'
        self.compile("heavy", source)
        code, complaint = self.check("api=heavy")
        self.assertEqual(code, 1)
        self.assertIn("carries hayro", complaint)
        self.assertEqual(self.check("worker=heavy"), (0, ""))

    def test_what_is_no_program_is_not_passed_over(self):
        self.write("text", "#!/bin/sh\n")
        code, complaint = self.check("worker=text")
        self.assertEqual(code, 1)
        self.assertIn("cannot be read", complaint)

    def write(self, name, content):
        (self.folder / name).write_text(content, encoding="utf-8")

    def compile(self, name, source, *options):
        self.write(f"{name}.c", source)
        command = ["cc", f"{name}.c", "-o", name, *options]
        subprocess.run(command, cwd=self.folder, check=True)

    def check(self, binary):
        command = [sys.executable, SCRIPT, binary]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, encoding="utf-8")
        return done.returncode, done.stderr


if __name__ == "__main__":
    unittest.main()
