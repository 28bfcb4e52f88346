"""How is the finished module run by the programs of other runtimes? By scripts that say all."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.runtime.launchers import LAUNCHERS, Launched, refusals, script
from wasip1_build.steps.step import Context, Key


@dataclass(frozen=True)
class WriteLaunchers:
    """A/run/PROGRAM for each program that can run the module under exactly what is declared; made
    once the gate says pass."""

    launched: Launched
    programs: tuple[str, ...]
    waits_for: tuple[str, ...]  # A.gate.json, whose content decides nothing
    directory: str  # A/run

    name: ClassVar[str] = "launcher"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(f"{self.directory}/{program}" for program in self.programs)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"launched": asdict(self.launched)}

    def run(self, context: Context) -> None:
        """Writes the scripts. Raises OSError."""
        for program, output in zip(self.programs, self.outputs, strict=True):
            path = context.out(output)
            path.write_text(script(program, self.launched))
            mode = path.stat().st_mode
            path.chmod(mode | (mode & 0o444) >> 2)  # whoever may read it may run it


def without_launcher(launched: Launched, unlaunchable: str) -> dict[str, tuple[str, ...]]:
    """The programs that get no launcher, each with the reasons; all of them where `unlaunchable`
    says why no program can run the module."""
    if unlaunchable:
        return dict.fromkeys(LAUNCHERS, (unlaunchable,))
    reasons = {program: refusals(program, launched) for program in LAUNCHERS}
    return {program: each for program, each in reasons.items() if each}


def launcher_notes(name: str, refused: dict[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """What a build says of the programs that get none."""
    if not refused:
        return ()
    return (
        Finding(
            "launchers",
            Severity.NOTE,
            f"there is no launcher for {', '.join(refused)}",
            "a launcher gives what is declared, and never more",
            f"`wasip1 run {name}` can express all that is declared",
            key="grants",
            details="\n".join(f"{program}: {'; '.join(refused[program])}" for program in refused),
        ),
    )
