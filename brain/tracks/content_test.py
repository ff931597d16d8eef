"""What is on a track's branch: in a small project, file by file; in this one, that all of it holds
together: no link that leads nowhere, no import of what is not there."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.testing.clones import FILES, git, isolate, needs_git, project, write
from brain.testing.clones import commit as committed
from brain.testing.refusals import refusal
from brain.tracks.build import build
from brain.tracks.content import folders
from brain.tracks.git import Repository
from brain.tracks.links import target
from brain.tracks.table import MAIN, ROOT, tracks_here

pytestmark = needs_git
EXTRAS = {"torch_nn": "torch", "tf_nn": "tensorflow"}
TRACKS = tracks_here()
BUILT = [name for name in TRACKS if name != MAIN]
PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")}
on_main = pytest.mark.skipif(
    not set(TRACKS[MAIN].folders) <= PACKAGES, reason="the other tracks are not on this branch"
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


class TestASmallProject:
    @pytest.fixture
    def main(self, tmp_path: Path) -> Path:
        folder = project(tmp_path / "main")
        build(Repository.at(folder))
        return folder

    def test_a_track_holds_its_folders_and_the_pages_that_they_cite(self, main: Path) -> None:
        assert set(git(main, "ls-tree", "-r", "--name-only", "Scratch").splitlines()) == {
            *("LICENSE", "README.md", "pyproject.toml", "tracks.toml"),
            *("brain/__init__.py", "scratch/__init__.py"),
            *("theory/README.md", "theory/equations.py", "theory/dense.md", "theory/dense_test.py"),
        }
        assert set(git(main, "ls-tree", "-r", "--name-only", "CNN", "cnn", "theory").split()) == {
            *("cnn/filters.png", "cnn/models.py", "theory/README.md", "theory/equations.py"),
            *("theory/dense.md", "theory/dense_test.py"),
            *("theory/conv2d.md", "theory/conv2d_test.py", "theory/figures/curve.png"),
        }

    def test_what_is_not_rewritten_is_as_it_is_on_main(self, main: Path) -> None:
        for path in ("theory/dense_test.py", "scratch/__init__.py", "LICENSE"):
            of_main, of_track = (git(main, "rev-parse", f"{b}:{path}") for b in (MAIN, "Scratch"))
            assert of_main == of_track
        assert git(main, "show", "CNN:theory/figures/curve.png") == "picture"

    def test_links_lead_to_the_branch_or_to_an_address_on_main(self, main: Path) -> None:
        at = "https://example.org/a/brain"
        page = git(main, "show", "Scratch:README.md")
        assert "[engine](scratch/__init__.py#L5), [dense](theory/dense.md)" in page
        assert f"[vision]({at}/blob/main/cnn/README.md#deep), [cnn]({at}/tree/main/cnn)" in page
        theory = git(main, "show", "Scratch:theory/README.md")
        assert f"[dense](dense.md)\n2. [conv2d]({at}/blob/main/theory/conv2d.md#how)" in theory
        dense = git(main, "show", "Scratch:theory/dense.md")
        assert f"[cnn]({at}/blob/main/cnn/models.py) `[a](b)`" in dense
        assert f"![filters]({at}/raw/main/cnn/filters.png)" in dense
        assert "```\n[c](../cnn)\n```" in dense  # code is left as it is
        assert git(main, "show", "CNN:theory/dense.md") + "\n" == FILES["theory/dense.md"]
        assert "[all](../README.md), [how](#how)" in git(main, "show", "CNN:theory/conv2d.md")

    def test_pictures_are_shown_by_their_address(self, main: Path) -> None:
        page = FILES["scratch/README.md"] + "\n![all](../theory/figures/none.png)\n"
        files = {"theory/figures/none.png": "picture", "scratch/README.md": page}
        committed(main, files | {"cnn/README.md": "# V\n\n## D\n\n[s](../scratch)\n"}, day=2)
        build(Repository.at(main))
        assert "![all](theory/figures/none.png)" in git(main, "show", "Scratch:README.md")
        assert "[s](scratch)" in git(main, "show", "CNN:README.md")
        pictures = git(main, "ls-tree", "-r", "--name-only", "Scratch", "theory/figures")
        assert pictures == "theory/figures/none.png"

    def test_the_readme_begins_with_the_page_and_says_how_to_go_on(self, main: Path) -> None:
        page = git(main, "show", "CNN:README.md")
        headings = re.findall(r"^#+ .*", page, flags=re.M)
        assert headings == ["# Vision", "## Begin", "## Deep", "## Updates", "## The other tracks"]
        assert "git clone --branch CNN https://example.org/a/brain\ncd brain\n" in page
        assert "pip install -e .\n" in page
        assert "`git switch CNN` (`git checkout`\nmay take it for the folder `cnn/`" in page
        assert "Be patient." in page
        assert "| [`Scratch`](https://example.org/a/brain/tree/Scratch) | From scratch |" in page
        scratch = git(main, "show", "Scratch:README.md")
        assert 'pip install -e ".[sklearn]"\nbrain run nn\n```' in scratch
        assert "one at a time:\n\n```bash\nbrain learn  # exercises\n```\n" in scratch
        assert "one at a time" not in page

    def test_a_track_has_the_stubs_of_its_own_exercises(self, main: Path) -> None:
        solution = "def one():\n    # <solution>\n    return 1\n    # </solution>\n"
        files = {
            "scratch/week1/day1/one.py": solution,
            "scratch/week1/day1/one_check.py": solution,  # an exercise of that name
            "scratch/week1/day1/one_check_check.py": "A = 1\n",
            "scratch/week1/day1/__init__.py": 'TASKS = ("one",)\n',
            "cnn/lessons/day2/two.py": f"from cnn.lessons.day1.one import one\n\n\n{solution}",
        }
        committed(main, files, day=2)
        build(Repository.at(main))
        held = {b: git(main, "ls-tree", "-r", "--name-only", b, "exercises").split()
                for b in (MAIN, "Scratch", "CNN")}  # fmt: skip
        assert held[MAIN] == []
        assert held["Scratch"] == [
            "exercises/scratch/day1/one.py",
            "exercises/scratch/day1/one_check.py",
        ]
        assert held["CNN"] == ["exercises/cnn/day2/two.py"]
        stub = git(main, "show", "CNN:exercises/cnn/day2/two.py")
        assert stub.startswith("from exercises.cnn.day1.one import one\n")
        assert "return 1" not in stub
        assert 'raise NotImplementedError("your code here")' in stub
        assert git(main, "show", "Scratch:scratch/week1/day1/one.py") + "\n" == solution

    def test_a_page_without_a_section_is_refused(self, main: Path) -> None:
        committed(main, {"cnn/README.md": "# Vision\n"}, day=2)
        text = refusal(lambda: build(Repository.at(main)))
        assert text.startswith("tracks.toml: cnn/README.md needs a section")

    def test_no_address_is_refused(self, main: Path) -> None:
        committed(main, {"pyproject.toml": "[project]\n"}, day=2)
        assert "names no Repository" in refusal(lambda: build(Repository.at(main)))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This project, as its files are now, committed and built, each branch in a folder."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder)
        known = git(ROOT, "-c", "safe.directory=*", "ls-files", "-z", "--cached").split("\0")[:-1]
        write(folder / MAIN, {path: (ROOT / path).read_bytes() for path in known})
        git(folder / MAIN, "init", "--quiet", "--initial-branch", MAIN)
        committed(folder / MAIN, {}, "All")
        build(Repository.at(folder / MAIN))
        for name in BUILT:
            branch = TRACKS[name].branch
            git(folder / MAIN, "worktree", "add", "--quiet", str(folder / branch), branch)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def paths(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@on_main
class TestThisProject:
    def test_main_holds_every_folder(self) -> None:
        assert set(TRACKS[MAIN].folders) == PACKAGES

    def test_the_readme_lists_the_tracks(self) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        for track in TRACKS.values():
            assert f"| `{track.branch}` | {track.title} |" in readme

    @pytest.mark.parametrize("name", BUILT)
    def test_a_track_installs_what_its_folders_need(self, name: str) -> None:
        track = TRACKS[name]
        needed = [EXTRAS[folder] for folder in track.folders if folder in EXTRAS]
        assert list(track.extras) == [*needed, "sklearn"]
        assert {"brain", "scratch", "theory"} <= set(track.folders)

    @pytest.mark.parametrize("name", BUILT)
    def test_a_branch_holds_nothing_of_the_other_tracks(self, built: Path, name: str) -> None:
        there = paths(built / TRACKS[name].branch)
        own = f"exercises/{TRACKS[name].page.partition('/')[0]}/"
        stubs = {path for path in there if path.startswith(own)}
        there -= stubs
        assert len(stubs) >= 5
        assert {path.split("/")[0] for path in there if "/" in path} == set(TRACKS[name].folders)
        assert {path for path in there if "/" not in path} == {
            *(".gitignore", "LICENSE", "README.md", "constraints.txt", "noxfile.py"),
            *("pyproject.toml", "run_all.py", "tracks.toml"),
        }
        changed = {path for path in there if path.endswith(".md")}
        for path in there - changed:  # code, tests, pictures: the same as on main
            of_main = (built / MAIN / path).read_bytes()
            assert (built / TRACKS[name].branch / path).read_bytes() == of_main, path

    @pytest.mark.parametrize("name", BUILT)
    def test_every_page_that_is_cited_is_there_and_no_other(self, built: Path, name: str) -> None:
        folder = built / TRACKS[name].branch
        there = paths(folder)
        cited = {
            page
            for path in there
            if path.endswith((".py", ".md")) and not path.startswith("theory/")
            for page in re.findall(r"theory/[\w-]+\.md", (folder / path).read_text("utf-8"))
            if (built / MAIN / page).exists()
        }
        pages = {path for path in there if re.fullmatch(r"theory/[^/]+\.md", path)}
        assert pages == cited | {"theory/README.md"}

    @pytest.mark.parametrize("name", [MAIN, *BUILT])
    def test_no_link_is_dead(self, built: Path, name: str) -> None:
        folder = built / TRACKS[name].branch
        there, whole = paths(folder), paths(built / MAIN)
        counted = 0
        for path in sorted(path for path in there if path.endswith(".md")):
            for link in found((folder / path).read_text("utf-8")):
                goal, known, root = target(path, link), there, folder
                if on_address := re.match(r".*/(?:blob|tree|raw)/main/(.+)", link):
                    goal, known, root = target("README.md", on_address[1]), whole, built / MAIN
                    assert name != MAIN, f"{path}: {link} is an address of this very branch"
                if goal is None and not link.startswith("#"):
                    continue
                goal = goal or path
                assert goal in known | folders(known), f"{path}: {link}"
                if "#" in link and goal.endswith(".md"):
                    anchors = headings((root / goal).read_text("utf-8"))
                    assert link.partition("#")[2] in anchors, f"{path}: {link}"
                counted += 1
        assert counted > 20

    @pytest.mark.parametrize("name", [MAIN, *BUILT])
    def test_no_import_fails(self, built: Path, name: str) -> None:
        folder = built / TRACKS[name].branch
        there = paths(folder)
        modules = {
            p.removesuffix(".py").removesuffix("/__init__") for p in there if p[-3:] == ".py"
        }
        counted = 0
        for path in sorted(path for path in there if path.endswith(".py")):
            for module in imports(ast.parse((folder / path).read_text("utf-8"))):
                top, way = module.split(".")[0], module.replace(".", "/")
                if top in (*PACKAGES, "exercises"):
                    assert way in modules or way in folders(there), f"{path}: {module}"
                    counted += 1
                elif top in ("torch", "tensorflow", "keras"):
                    room = path.removeprefix("exercises/").split("/")[0]
                    assert room in (*EXTRAS, "benchmarks"), f"{path}: {module}"
        assert counted > 300


def found(page: str) -> list[str]:
    """The links of a page in every form that Markdown has, outside of blocks of code."""
    text = re.sub(r"^```.*?^```", "", page, flags=re.S | re.M)
    assert not re.search(r"^\[[^\]]+\]:|<(?:a|img)\s|\]\(<|%20", text, flags=re.M), (
        "only links like [text](path) are understood"
    )
    return re.findall(r"\]\(([^)\s]+)", re.sub(r"`[^`\n]+`", "", text))


def headings(page: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    found = re.findall(r"^#+ (.+)$", page, flags=re.M)
    return {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in found}


def imports(tree: ast.Module) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
