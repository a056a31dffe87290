"""What the README and its neighbours promise is there."""

import re
import subprocess

import anionx_teach
from anionx_teach import paper
from tests.packaging.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_every_link_of_the_documents_leads_to_a_file():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (REPOSITORY / name).read_text()
        targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", text)
        assert [target for target in targets if not (REPOSITORY / target).is_file()] == []


def test_the_readme_is_one_screen_and_opens_with_the_two_commands():
    assert len(README.splitlines()) <= 50
    assert README.index("make lab") < README.index("make test") < README.index("anionx lab")


def test_the_readme_lists_every_lesson():
    lessons = {path.stem for path in (REPOSITORY / "lessons").glob("[0-9]*.ipynb")}
    rows = {
        row.replace(" ", "_") for row in re.findall(r"^\| (\d\d [\w ]+?) \|", README, re.MULTILINE)
    }
    assert lessons == rows
    assert lessons


def test_the_make_targets_named_for_contributors_exist():
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"`make (\w+)", text))
    known = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert targets <= known


def test_citation_names_the_version_and_the_paper():
    citation = (REPOSITORY / "CITATION.cff").read_text()
    assert f"\nversion: {anionx_teach.__version__}\n" in citation
    assert f"## {anionx_teach.__version__}" in (REPOSITORY / "CHANGELOG.md").read_text()
    title = re.search(r'type: article\n\s+title: "(.+)"', citation).group(1)
    assert title in str(paper.CITATION)
    for name in re.findall(r"family-names: (\w+)", citation):
        assert name in str(paper.CITATION)


def test_the_scripts_are_valid_bash():
    for script in (".ci/run", "binder/postBuild"):
        path = REPOSITORY / script
        assert path.stat().st_mode & 0o111
        subprocess.run(["bash", "-n", path], check=True)
