"""One call of a builder in an SConscript: what it is given, and the nodes that it comes to."""

from __future__ import annotations

import functools
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import SCons.Errors
import SCons.Node
import SCons.Script
import SCons.Util

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.scons.cpus import threads_per_job
from wasip1_build.scons.facts import Facts, carried, give, joined, judged
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, open_session, save_at_exit
from wasip1_build.scons.work import attach, is_ours, work_of
from wasip1_build.spec.model import Compiler
from wasip1_build.spec.suggest import did_you_mean
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.manifest import Manifest
from wasip1_build.steps.step import Step
from wasip1_build.toolchain.tools import ToolRequest

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Rule:
    """A builder: the steps that a call stands for, the last of which makes what it returns.

    `settings` are the keywords that it takes, each with its place in [artifact.NAME] of a spec: a
    value is written and judged as it is there.
    """

    steps: Callable[[Call], Sequence[Step]]
    settings: Mapping[str, tuple[str, ...]]
    compiler: Compiler | None = None  # of the Go package that its source is; None for files


@dataclass(frozen=True)
class Call:
    """Where a call stands, what it is given, and what is known of the module."""

    env: Any
    session: Session
    target: Any
    sources: tuple[Any, ...]  # nodes
    facts: Facts

    def path(self, node: Any) -> str:
        """A node's path from the top directory, which is what steps go by."""
        return Path(os.path.relpath(node.get_abspath(), self.session.context.root)).as_posix()

    @property
    def directory(self) -> str:
        """The SConscript's own directory, from the top; the source's in a variant directory."""
        return self.path(self.env.Dir(".").srcnode())

    def output(self, default: str) -> str:
        """The path of the target, or the default, a path from the top."""
        given = self.target if self.target is not None else f"#{default}"
        return self.path(self.env.arg2nodes(given, self.env.fs.File)[0])

    def beside(self, suffix: str) -> str:
        """NAME.SUFFIX in the module's directory."""
        return os.path.join(os.path.dirname(self.module), f"{self.facts.name}.{suffix}")

    def state(self, kind: str, output: str) -> str:
        """A place of an output's own in the state, also of one above the top directory."""
        return f"{kind}/rules/{output.replace('../', '@up/')}"

    @property
    def module(self) -> str:
        """The one module among the sources; where its debug module is there too, the other."""
        modules = [source for source in self.sources if source.name.endswith(".wasm")]
        release = [source for source in modules if not isinstance(_step(source), Compile)]
        found = release or modules
        if len(found) != 1:
            raise failure(
                "rules-module",
                f"{len(found)} modules among the sources of {self.facts.id} instead of one",
                why="what is verified together belongs to one module",
                fix="name the module, and files that were made from it",
            )
        return self.path(found[0])

    def steps(self, kind: type[Kind]) -> list[Kind]:
        """The steps of one kind that made sources."""
        return [step for step in map(_step, self.sources) if isinstance(step, kind)]

    def tool(self, program: Any, variable: str) -> ToolRequest:
        """A tool in the version that a construction variable names."""
        return ToolRequest(program, self.env[variable])


def caller() -> str:
    """FILE:LINE of the SConscript that is being read; SCons itself would name a line of ours."""
    ours = str(Path(__file__).parent) + os.sep
    for frame, line in traceback.walk_stack(None):
        file = frame.f_code.co_filename
        if not file.startswith(ours) and f"{os.sep}SCons{os.sep}" not in file:
            return f"{os.path.relpath(file, SCons.Script.Dir('#').abspath)}:{line}"
    return "an SConscript"


def method_of(name: str, rule: Rule) -> Callable[..., Any]:
    """A method of environments: `env.Name(target, source)`, or `env.Name(source)` alone."""

    def method(env: Any, target: Any, source: Any = None, **settings: Any) -> Any:
        if source is None:
            target, source = None, target
        env = env.Override({key: settings.pop(key) for key in list(settings) if key.isupper()})
        try:
            call = _call(env, rule, target, source, _keys(name, rule, settings))
            return _declared(call, rule.steps(call))
        except Failure as error:
            raise SCons.Errors.UserError(f"{name} at {caller()}\n{error}") from None

    method.__doc__ = rule.steps.__doc__
    return method


def _keys(name: str, rule: Rule, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a call as keys of the spec. Raises Failure for one that the rule has not."""
    keys: dict[str, Any] = {}
    for setting, value in settings.items():
        if setting not in rule.settings:
            known = f"known: {', '.join(sorted(rule.settings)) or 'none'}"
            raise failure(
                "rules-setting",
                f"{name} has no setting {setting}",
                fix=did_you_mean(setting, rule.settings, known),
            )
        *tables, key = rule.settings[setting]
        functools.reduce(lambda table, part: table.setdefault(part, {}), tables, keys)[key] = value
    return keys


def _call(env: Any, rule: Rule, target: Any, source: Any, keys: Mapping[str, Any]) -> Call:
    top = env.fs.Top
    build_dir = env.fs.Dir(env.subst(str(env["WASIP1_BUILD_DIR"])), top).get_path(top)
    call = Call(env, _session(Path(top.get_abspath()), build_dir), target, (), Facts("", "."))
    facts = _facts(call, rule, source)
    if rule.compiler:
        compiler = {"compiler": rule.compiler} if rule.compiler != "go" else {}
        keys = {"package": str(source), **compiler, **keys}
    else:
        call = replace(call, sources=_nodes(env, source))
    return replace(call, facts=judged(facts, keys, call.directory, call.session.context, env.fs))


def _facts(call: Call, rule: Rule, source: Any) -> Facts:
    """What is known of the module before this call says anything."""
    if not rule.compiler:
        nodes = _nodes(call.env, source)
        known = carried(nodes)
        return joined(known) if known else Facts(_stem(nodes[0]), call.directory)
    if call.target is not None:
        return Facts(_stem(SCons.Util.flatten(call.target)[0]), call.directory)
    package = os.path.abspath(os.path.join(call.session.context.root, call.directory, str(source)))
    return Facts(os.path.basename(package), call.directory)


def _nodes(env: Any, source: Any) -> tuple[Any, ...]:
    """Sources as nodes. Raises Failure for one whose part in the whole is not known."""
    nodes = tuple(env.arg2nodes(SCons.Util.flatten(source), env.fs.File))
    for node in nodes:
        if not is_ours(node) and not node.name.endswith(".wasm"):
            raise failure(
                "rules-source",
                f"{node} is no module, and none of these builders makes it",
                why="what it is to the module would be a guess",
                fix="give modules (.wasm), or what GoWasm, Brotli, Cwasm and the others return",
            )
    return nodes


def _stem(file: Any) -> str:
    return (
        os.path.basename(str(file))
        .removesuffix(".wasm")
        .removesuffix(".debug")
        .removesuffix(".tinygo")
    )


def _step(node: Any) -> Step | None:
    return work_of(node).step if is_ours(node) else None


def _declared(call: Call, steps: Sequence[Step]) -> Any:
    nodes = declare(call.env, call.session, steps)
    made = [nodes[output] for output in steps[-1].outputs]
    compiled = next(
        (s for s in steps if isinstance(s, CompileGo | CompileTinyGo)), call.facts.compiled
    )
    for node in made:
        give(node, replace(call.facts, compiled=compiled))
    if isinstance(steps[-1], Manifest):
        _seal(made, steps[-1].output)
    return SCons.Node.NodeList(made)


def _seal(made: Iterable[Any], manifest: str) -> None:
    """Lets a manifest go when a step that it is about fails, as in a workspace."""
    seen: set[Any] = set()
    waiting = list(made)
    while waiting:
        node = waiting.pop()
        if node in seen or not is_ours(node):
            continue
        seen.add(node)
        work = work_of(node)
        attach(node, replace(work, seals=(*work.seals, manifest)))
        waiting += node.sources


@functools.cache
def _session(root: Path, build_dir: str) -> Session:
    session = open_session(
        root, build_dir, "rules", os.environ, threads_per_job(), lambda _a, _k: None
    )
    save_at_exit(session)
    return session
