# SPDX-License-Identifier: GPL-3.0-or-later
"""PEFT and the program side by side, both ways, on small models.

usage: interop.py PROGRAM [PATTERN]   PATTERN picks cases by a part of their
name.  Each case goes four ways: settings as a file that both read, what PEFT
saved read back, what the program writes read by PEFT, and the options of the
command line.  A line per difference, and one that sums up.
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import methods
import truth

NO_REFUSAL = "which is no plain refusal"
STRANGER = {"kept": [1, None, 2.5, "ü"]}  # of a key PEFT does not know
SETS = {"target_modules", "exclude_modules", "modules_to_save",
        "feedforward_modules"}


class Interop:
    def __init__(self, program: str, folder: pathlib.Path):
        self.program = program
        self.folder = folder
        self.bases = truth.Bases(folder / "models")
        self.differences = []
        peft, transformers = truth.release()
        self.versions = ["--peft", peft, "--transformers", transformers]

    def differ(self, case, way: str, what: str):
        self.differences.append(case)
        print(f"{case} ({way}): {what}", flush=True)

    def count(self, case, options: list) -> dict | str:
        """The program's numbers, or its refusal as text."""
        call = [self.program, "count", str(self.bases.path(case.model)),
                "--class", self.bases.class_name(case.model), "--dtype",
                case.dtype, *self.versions, "--json", *map(str, options)]
        done = subprocess.run(call, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
        lines = done.stderr.splitlines()
        # Status 2 is a value that no option takes, as --rank 0; a file with
        # such a value is bad input.
        if done.returncode not in (1, 2) or done.stdout or len(lines) != 1 \
                or done.returncode == 2 and not case.options \
                or "unknown option" in lines[0]:
            return f"status {done.returncode}, {NO_REFUSAL}: " + \
                repr(done.stderr[:300])
        return lines[0]

    def compare(self, case, way: str, ours: dict | str, theirs) -> bool:
        """Report what differs; true when both have numbers, and the same."""
        if isinstance(theirs, truth.Refused):
            if isinstance(ours, dict):
                self.differ(case, way, f"we count {ours['trainable']:,}, "
                            f"PEFT refuses, {theirs}")
            elif NO_REFUSAL in ours:
                self.differ(case, way, ours)
            return False
        if isinstance(ours, str):
            self.differ(case, way, f"PEFT counts {theirs['trainable']:,}, "
                        f"we say: {ours}")
            return False
        wrong = [f"{key} {ours.get(key)!r}, PEFT {theirs[key]!r}"
                 for key in theirs if ours.get(key) != theirs[key]]
        if wrong:
            self.differ(case, way, "; ".join(wrong))
        return not wrong

    def measure(self, case, source: pathlib.Path, saved: pathlib.Path):
        base = self.bases.new(case.model, case.dtype)
        try:
            return truth.measure(base, source, saved)
        except truth.Refused as refused:
            return refused

    def run(self, case):
        folder = self.folder / "case"
        shutil.rmtree(folder, ignore_errors=True)
        asked, saved = folder / "asked", folder / "saved"
        asked.mkdir(parents=True)
        (asked / truth.CONFIG_NAME).write_text(json.dumps(case.config),
                                               "utf-8")
        theirs = self.measure(case, asked, saved)
        self.asked_of_both(case, asked, theirs, folder)
        if isinstance(theirs, dict):
            self.saved_by_peft(case, saved, theirs, folder)
        if case.options is not None:
            self.said_in_options(case, theirs, folder)

    def asked_of_both(self, case, asked, theirs, folder):
        """The same few keys, read by both; what we write of them, by PEFT."""
        written = folder / "written"
        written.mkdir()
        ours = self.count(case, [
            "--adapter-config", asked / truth.CONFIG_NAME,
            "--write-adapter-config", written / truth.CONFIG_NAME])
        if not self.compare(case, "read", ours, theirs):
            return
        if case.options is None:  # else that is done with what they write
            again = self.measure(case, written, folder / "rewritten")
            self.compare(case, "written", ours, again)
        expected = self.as_peft_reads(asked, folder / "expected")
        self.same_config(case, "as PEFT reads it",
                         self.as_peft_reads(written, folder / "reread"),
                         expected)
        missing = {*expected, *case.config} - load(written).keys()
        if missing:
            self.differ(case, "written", f"without {sorted(missing)}")

    @staticmethod
    def as_peft_reads(source: pathlib.Path, copy: pathlib.Path) -> dict:
        truth.read_config(source).save_pretrained(str(copy))
        return load(copy)

    def saved_by_peft(self, case, saved, theirs, folder):
        """An adapter PEFT saved, with a key that PEFT does not know."""
        path = saved / truth.CONFIG_NAME
        config = {**load(saved), "a_stranger": STRANGER}
        path.write_text(json.dumps(config), "utf-8")
        written = folder / "kept"
        written.mkdir()
        ours = self.count(case, [
            "--adapter-config", path,
            "--write-adapter-config", written / truth.CONFIG_NAME])
        if isinstance(ours, str):
            # PEFT writes a few files that it then refuses itself.
            theirs = self.measure(case, saved, folder / "resaved")
        self.compare(case, "saved", ours, theirs)
        if isinstance(ours, dict):
            self.same_config(case, "round trip", load(written), config)

    def said_in_options(self, case, theirs, folder):
        """The same as options; PEFT loads what we write and says the same."""
        written = folder / "said"
        written.mkdir()
        ours = self.count(case, [
            *shlex.split(case.options),
            "--write-adapter-config", written / truth.CONFIG_NAME])
        if not self.compare(case, "options", ours, theirs):
            return
        again = self.measure(case, written, folder / "resaid")
        self.compare(case, "options written", ours, again)
        said = load(written)
        self.same_config(case, "options' keys",
                         {key: said.get(key) for key in case.config},
                         case.config)

    def same_config(self, case, way, ours: dict, theirs: dict):
        wrong = [f"{key} {show(ours, key)}, PEFT {show(theirs, key)}"
                 for key in {**theirs, **ours}
                 if (key in ours) != (key in theirs)
                 or not same(sorted_set(key, ours.get(key)),
                             sorted_set(key, theirs.get(key)))]
        if wrong:
            self.differ(case, way, "; ".join(wrong))


def load(folder: pathlib.Path) -> dict:
    return json.loads((folder / truth.CONFIG_NAME).read_text("utf-8"))


def show(config: dict, key: str) -> str:
    return json.dumps(config[key]) if key in config else "absent"


def sorted_set(key: str, value):
    """PEFT writes its sets in no fixed order."""
    return sorted(value) if key in SETS and isinstance(value, list) else value


def same(a, b) -> bool:
    """Equal as JSON: true is not 1, but 8 is 8.0."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def main() -> int:
    program = sys.argv[1]
    pattern = sys.argv[2] if len(sys.argv) > 2 else ""
    chosen = [case for case in methods.every_case() if pattern in str(case)
              and truth.knows(case.config, {*methods.METHODS, *methods.WHOLE})]
    with tempfile.TemporaryDirectory() as folder:
        interop = Interop(program, pathlib.Path(folder))
        for case in chosen:
            interop.run(case)
    peft, transformers = truth.release()
    name = f"PEFT {peft} (transformers {transformers})"
    failed = len({str(case) for case in interop.differences})
    if failed or not chosen:
        print(f"interop: {failed} of {len(chosen)} cases differ from {name}")
        return 1
    print(f"interop: {len(chosen)} cases agree with {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
