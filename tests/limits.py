"""The limits of docs/architecture.md that no linter knows: sizes, and what Celery is never asked to do."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "scheduling", "videos", "webinars", "chat", "notifications", "config")
PYTHON_LINES, TEST_LINES, FUNCTION_LINES, TYPESCRIPT_LINES = 400, 600, 50, 250
# The broker carries ticks only; what happens later stands in a row with a due_at.
FORBIDDEN = {
    r"\bcountdown\s*=": "a countdown lives in the broker: use due_at",
    r"\beta\s*=": "an ETA lives in the broker: use due_at",
    r"\bcrontab\(": "crontab loses runs at clock changes: use an interval",
    r"\.retry\(": "a retry lives in the broker: put the row off",
    r"\.delay\(": "publishing hangs with a frozen broker: write a due_at and let the tick find it",
    r"\bapply_async\(": "publishing hangs with a frozen broker: write a due_at and let the tick find it",
    r"\bAT TIME ZONE\b": "local time becomes an instant in Python only, with fold=0",
}
GENERATED = "Written by `manage.py protocol`"  # nobody reads it from top to bottom
TASK_DECORATORS = {"shared_task", "task"}


def lines_of(path: Path) -> list[str]:
    """The lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


def decorator_name(node: ast.expr) -> str:
    """`shared_task` for `@shared_task`, `@shared_task(...)` and `@celery.shared_task`."""
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def function_faults(path: Path, tree: ast.Module) -> Iterator[str]:
    """Functions that are too long, and Celery tasks that take arguments."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}"
        is_task = path.name == "tasks.py" and any(
            decorator_name(d) in TASK_DECORATORS for d in node.decorator_list
        )
        arguments = node.args
        if is_task and (arguments.args or arguments.kwonlyargs or arguments.vararg or arguments.kwarg):
            yield f"{path}:{node.lineno}: the task {node.name} takes arguments; a tick goes and looks"


def python_faults(path: Path, *, production: bool) -> Iterator[str]:
    """What is wrong with one Python file."""
    lines = lines_of(ROOT / path)
    most = PYTHON_LINES if production else TEST_LINES
    if len(lines) > most:
        yield f"{path}: {len(lines)} lines, at most {most}: split it by noun"
    yield from function_faults(path, ast.parse("\n".join(lines)))
    if production:
        for number, line in enumerate(lines, 1):
            yield from (f"{path}:{number}: {why}" for what, why in FORBIDDEN.items() if re.search(what, line))


def faults() -> Iterator[str]:
    """Everything that passes a limit, one line each."""
    for app in (*APPS, "tests"):
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts:
                yield from python_faults(file.relative_to(ROOT), production=app != "tests")
    for file in sorted([*(ROOT / "assets").rglob("*.ts"), *(ROOT / "assets").rglob("*.tsx")]):
        lines = lines_of(file)
        if len(lines) > TYPESCRIPT_LINES and GENERATED not in lines[0]:
            yield f"{file.relative_to(ROOT)}: {len(lines)} lines, at most {TYPESCRIPT_LINES}"


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) or "limits: all kept")
    sys.exit(bool(found))
