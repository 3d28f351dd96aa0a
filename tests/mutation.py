"""Mutation testing of ``articles/publishing/``: is each small fault that is put into it noticed?

``make mutation`` runs it; ``docs/mutation.md`` says what came out. The faults are mutmut's, and two
more: a statement taken away, a condition turned round. Its runner is not used: it passes over every
function that has a decorator, and so over ``publish`` and ``withdraw``. Here pytest collects once
and the database is made once; each mutant lives in a fork of that process, in which the tests that
reach the mutated function run until one fails.
"""

import argparse
import importlib
import inspect
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

PACKAGE = "articles.publishing"
MODULES = ["content", "freezing", "completeness", "links", "states", "verbs"]
TESTS = "tests/articles/publishing"
# What has to be killed, in per cent.
ENOUGH = 85
# Without their argument they fail in any test.
NOT_CHANGED = {"len", "isinstance"}
# Seconds of processor time after which a mutant counts as one that never ends.
PATIENCE = 60


@dataclass(frozen=True)
class Mutant:
    """A function with one fault in it.

    Attributes:
        function: its qualified name in the module, such as ``Content.figures``.
        code: the faulty function, compiled.
    """

    module: str
    function: str
    line: int
    before: str
    after: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line} {self.function}\n  - {self.before}\n  + {self.after}"


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's functions, in the order of the file."""
    file = importlib.import_module(f"{PACKAGE}.{module}").__file__
    assert file
    path = Path(file)
    wrapper = MetadataWrapper(cst.parse_module(path.read_text()))
    positions = wrapper.resolve(PositionProvider)
    tree = wrapper.module
    for function, body in _functions(tree):
        free = _function(module, function).__code__.co_freevars
        for node in _nodes(body):
            for fault in _faults(node):
                try:
                    source = tree.code_for_node(tree.deep_replace(node, fault))
                    whole = compile(source, path, "exec")
                except SyntaxError:
                    continue
                code = _code_in(whole, function)
                if code.co_freevars != free:  # it cannot take the place of the function's
                    continue
                before, after = (
                    " ".join(tree.code_for_node(each).split()) for each in (node, fault)
                )
                yield Mutant(
                    module,
                    function,
                    positions[node].start.line if node in positions else 0,
                    before,
                    after,
                    code,
                )


def _functions(
    node: cst.Module | cst.ClassDef, scope: str = ""
) -> Iterator[tuple[str, cst.CSTNode]]:
    body = node.body.body if isinstance(node, cst.ClassDef) else node.body
    for child in body:
        if isinstance(child, cst.ClassDef):
            yield from _functions(child, f"{scope}{child.name.value}.")
        elif isinstance(child, cst.FunctionDef):
            yield f"{scope}{child.name.value}", child.body


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Annotation):
        return
    name = getattr(node, "func", None)
    if isinstance(name, cst.Name) and name.value in NOT_CHANGED:
        return
    yield node
    for child in node.children:
        yield from _nodes(child)


def _faults(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)
    if isinstance(node, cst.If | cst.CompIf):
        inside = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inside))
    if isinstance(node, cst.Raise) or (
        isinstance(node, cst.Expr) and isinstance(node.value, cst.Call | cst.Yield)
    ):
        yield cst.Pass()


def _code_in(code: CodeType, function: str) -> CodeType:
    for name in function.split("."):
        code = next(
            each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == name
        )
    return code


def _function(module: str, name: str) -> FunctionType:
    """Return the function of that name, from under its decorators."""
    found: Any = importlib.import_module(f"{PACKAGE}.{module}")
    for part in name.split("."):
        found = vars(found)[part]
    return inspect.unwrap(getattr(found, "fget", found))


class MutationTesting:
    """A plugin of pytest that runs the tests once as they are, and then for each mutant."""

    def __init__(self, modules: list[str]):
        self.modules = modules
        # By module, whether each mutant was killed.
        self.killed: dict[str, list[bool]] = {module: [] for module in modules}
        self.failed = False

    def pytest_runtest_logreport(self, report) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session) -> bool:
        mutants = [mutant for module in self.modules for mutant in mutants_of(module)]
        reached = self._run_as_they_are(session.items, mutants)
        for mutant in mutants:
            items = reached[mutant.module, mutant.function]
            noticed = self._first_to_notice(mutant, items)
            if noticed is None:
                print(mutant, flush=True)
            else:
                # It is the likeliest to notice the next one too.
                items.insert(0, items.pop(noticed))
            self.killed[mutant.module].append(noticed is not None)
        return True

    def _run_as_they_are(self, items, mutants) -> dict[tuple[str, str], list]:
        """Run every test, and return by function the tests that reach it."""
        functions = {(mutant.module, mutant.function) for mutant in mutants}
        names = {_function(*name).__code__: name for name in functions}
        reached = defaultdict(list)
        for item in items:
            called: set[tuple[str, str]] = set()

            def watch(frame, event, _argument, called=called):
                if event == "call" and frame.f_code in names:
                    called.add(names[frame.f_code])

            sys.setprofile(watch)
            self._run(item)
            sys.setprofile(None)
            if self.failed:
                pytest.exit(f"{item.nodeid} fails without any mutant.", 1)
            for name in called:
                reached[name].append(item)
        return reached

    def _run(self, item) -> None:
        # As if something else of the session came next: its database stays.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.session)

    def _first_to_notice(self, mutant: Mutant, items: list) -> int | None:
        """Return the place in ``items`` of the first test that notices a mutant."""
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            try:
                _function(mutant.module, mutant.function).__code__ = mutant.code
                for place, item in enumerate(items):
                    self._run(item)
                    if self.failed:
                        os.write(writing, str(place).encode())
                        break
                os._exit(0)
            except BaseException:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as answer:
            noticed = answer.read()
        _child, status = os.waitpid(child, 0)
        # A status: it never ended, or has taken pytest down.
        if status:
            return 0
        return int(noticed) if noticed else None

    def report(self) -> float:
        """Print the score of each module, and return that of all together, in per cent."""
        killed = self.killed | {
            "together": [each for ones in self.killed.values() for each in ones]
        }
        print(f"\n{'module':14}{'mutants':>8}{'killed':>8}{'per cent':>10}")
        for module, ones in killed.items():
            score = 100 * sum(ones) / len(ones)
            print(f"{module:14}{len(ones):8}{sum(ones):8}{score:10.1f}")
        return score


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="module")
    chosen = parser.parse_args().modules
    began = time.monotonic()
    testing = MutationTesting(chosen)
    status = pytest.main(["-q", "--capture=no", TESTS], plugins=[testing])
    if status:
        return status
    score = testing.report()
    print(f"{(time.monotonic() - began) / 60:.0f} minutes; at least {ENOUGH} per cent are wanted.")
    return score < ENOUGH


if __name__ == "__main__":
    sys.exit(main())
