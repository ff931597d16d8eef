"""A process for one engine: calls go over, answers and errors come back, nothing is left behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.errors import UserError, WorkerError
from brain.names import ENGINES
from brain.testing.present import absence, needs
from brain.testing.refusals import refusal
from brain.worker import THREADS, Worker, give_back

HERE = "brain.worker_test"


# What the worker is asked to do; each runs in the other process


def echo(engine: str, **arguments: Any) -> dict[str, Any]:
    return {"engine": engine, "pid": os.getpid(), **arguments}


def refuse(engine: str) -> None:
    raise UserError(f"{engine} wants something else.")


def fail(engine: str) -> None:
    raise ZeroDivisionError("a planted fault")


def die(engine: str, code: int) -> None:
    os._exit(code)


def threads(engine: str) -> list[str | None]:
    return [os.environ.get(name) for name in THREADS]


def count(engine: str, upto: int) -> Generator[Any, None, str]:
    for number in range(upto):
        yield {"number": number, "array": np.full(2, number)}
    return "done"


def count_and_fail(engine: str) -> Iterator[int]:
    yield 1
    raise ZeroDivisionError("after an event")


def chatter(engine: str) -> str:
    print("to standard output")
    sys.stdout.flush()
    os.write(1, b"past Python, too\n")
    os.system("echo from a child process")
    return "said"


def unsendable(engine: str) -> object:
    return {1, 2}


def wait(engine: str) -> None:
    time.sleep(60)


def modules(engine: str) -> list[str]:
    return sorted(sys.modules)


# The tests


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker("numpy") as started:
        yield started


def test_a_call_goes_over_and_comes_back(worker: Worker) -> None:
    array = np.arange(6.0).reshape(2, 3).T
    answer = worker.call(f"{HERE}:echo", array=array, model=spec.ReLU(), words=["a", None, 1.5])
    assert answer["engine"] == "numpy"
    assert answer["pid"] != os.getpid()
    np.testing.assert_array_equal(answer["array"], array)
    assert answer["model"] == spec.ReLU()
    assert answer["words"] == ["a", None, 1.5]
    assert worker.call(f"{HERE}:echo")["pid"] == answer["pid"]  # the same process again


def test_a_network_is_run_over_there(worker: Worker) -> None:
    pytest.importorskip("scratch")
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    given = example(model)
    output = worker.call(
        "brain.compare.runs:predicted",
        model=model,
        dtype="float64",
        device="cpu",
        parameters=given.parameters,
        x=given.x,
    )
    wanted = given.x @ given.parameters["dense1.weight"] + given.parameters["dense1.bias"]
    np.testing.assert_allclose(output, wanted)


def test_a_users_error_crosses_over(worker: Worker) -> None:
    assert refusal(lambda: worker.call(f"{HERE}:refuse")) == "numpy wants something else."


def test_another_failure_brings_its_traceback(worker: Worker) -> None:
    with pytest.raises(WorkerError) as caught:
        worker.call(f"{HERE}:fail")
    text = str(caught.value)
    assert text.startswith("in the numpy process:")
    assert "ZeroDivisionError: a planted fault" in text
    assert "worker_test.py" in text
    assert worker.call(f"{HERE}:echo")["engine"] == "numpy"  # and it goes on


@pytest.mark.parametrize("function", ["nowhere:f", f"{HERE}:nothing"])
def test_a_function_that_is_not_there_is_a_failure(worker: Worker, function: str) -> None:
    with pytest.raises(WorkerError, match="Error"):
        worker.call(function)


def test_events_arrive_in_order_before_the_result(worker: Worker) -> None:
    events: list[Any] = []
    assert worker.call(f"{HERE}:count", on_event=events.append, upto=4) == "done"
    assert [event["number"] for event in events] == [0, 1, 2, 3]
    np.testing.assert_array_equal(events[3]["array"], [3, 3])
    assert worker.call(f"{HERE}:count", upto=3) == "done"  # nobody listens


def test_a_failure_after_an_event(worker: Worker) -> None:
    events: list[Any] = []
    with pytest.raises(WorkerError, match="after an event"):
        worker.call(f"{HERE}:count_and_fail", on_event=events.append)
    assert events == [1]


def test_what_is_printed_over_there_does_no_harm(
    worker: Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    assert worker.call(f"{HERE}:chatter") == "said"
    assert worker.call(f"{HERE}:chatter") == "said"
    assert capfd.readouterr().out == ""


def test_a_result_that_cannot_be_sent_is_a_failure_with_a_traceback(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="not JSON serializable"):
        worker.call(f"{HERE}:unsendable")
    assert worker.call(f"{HERE}:echo")["engine"] == "numpy"


def test_a_call_that_is_interrupted_ends_the_process() -> None:
    """Its answer would be taken for the next call's."""

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    cases: list[dict[str, Any]] = [{"given": {1, 2}}, {"on_event": interrupt}]
    for arguments in cases:
        with Worker("numpy") as worker:
            with pytest.raises((TypeError, KeyboardInterrupt)):
                worker.call(f"{HERE}:count", upto=3, **arguments)
            with pytest.raises(WorkerError, match="has been ended"):
                worker.call(f"{HERE}:echo")


def test_the_death_of_the_process_says_its_code_and_leaves_no_orphan() -> None:
    with Worker("numpy") as worker:
        with pytest.raises(WorkerError, match=r"numpy process ended.*\(exit code 3\)"):
            worker.call(f"{HERE}:die", code=3)
        with pytest.raises(WorkerError, match="has been ended"):
            worker.call(f"{HERE}:echo")


def test_close_ends_the_process_and_may_be_called_twice() -> None:
    worker = Worker("numpy")
    pid = worker.call(f"{HERE}:echo")["pid"]
    os.kill(pid, 0)  # it is there
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    worker.close()


def test_a_worker_that_was_never_called_closes() -> None:
    worker = Worker("numpy")
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker._process.pid, 0)


def test_the_process_ends_when_its_parent_does(tmp_path: Path) -> None:
    import subprocess

    script = (
        "from brain.worker import Worker; import os\n"
        f"w = Worker('numpy'); print(w.call('{HERE}:echo')['pid'], flush=True); os._exit(0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(pid)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # an ended process may still wait to be counted
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_its_threads_are_bounded_unless_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    with Worker("numpy") as free, Worker("numpy", threads=1) as bounded:
        assert free.call(f"{HERE}:threads") == [None] * len(THREADS)
        assert bounded.call(f"{HERE}:threads") == ["1"] * len(THREADS)
    monkeypatch.setenv(THREADS[0], "7")
    with Worker("numpy", threads=1) as told:
        assert told.call(f"{HERE}:threads")[0] == "7"
    with Worker("numpy", environment={THREADS[0]: "3"}) as pinned:  # whatever the system's says
        assert pinned.call(f"{HERE}:threads")[0] == "3"


def test_an_unknown_engine_is_one_sentence() -> None:
    with Worker("nmpy") as worker:
        model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
        call: dict[str, Any] = {
            "model": model,
            "dtype": "float64",
            "device": "cpu",
            "parameters": {},
        }
        text = refusal(lambda: worker.call("brain.compare.runs:predicted", x=np.ones(3), **call))
    assert text.startswith("unknown engine 'nmpy'; did you mean 'numpy'?")


@pytest.mark.parametrize("engine", ["torch", "tensorflow"])
def test_an_engine_that_is_not_here_is_one_sentence(engine: str) -> None:
    why = absence(engine, ENGINES)
    assert refusal(lambda: Worker(engine)) == why


@pytest.mark.parametrize(
    ("engine", "mine", "not_mine"),
    [("torch", "torch", "tensorflow"), ("tensorflow", "tensorflow", "torch")],
)
def test_a_framework_is_loaded_over_there_alone(engine: str, mine: str, not_mine: str) -> None:
    needs(engine, ENGINES)
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    given = example(model)
    before = mine in sys.modules
    with Worker(engine) as worker:
        call: dict[str, Any] = {"model": model, "dtype": "float64", "device": "cpu"}
        worker.call("brain.compare.runs:predicted", parameters=given.parameters, x=given.x, **call)
        loaded = worker.call(f"{HERE}:modules")
    assert mine in loaded
    assert not_mine not in loaded
    assert (mine in sys.modules) == before


@pytest.mark.parametrize("missing", [AttributeError, OSError, TypeError])
def test_a_library_that_keeps_its_memory_is_no_fault(
    missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: None) -> None:
        raise missing

    give_back()
    monkeypatch.setattr("ctypes.CDLL", absent)
    give_back()
