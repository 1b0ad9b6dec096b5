# SPDX-License-Identifier: Apache-2.0
"""What an image is made of, and what has to be made again when something changed."""
from dataclasses import replace

from builder import manifest
from builder.catalog import read
from builder.steps import Plan, labels_of


def changed(before, after):
    return {key for key in before if before[key] != after[key]}


def test_images_with_one_parent_share_its_steps(world):
    plan = world.plan()
    one, other = (plan.steps(world.catalog.find(name)) for name in ("lua", "debian-12"))
    assert one[0] is other[0] and one[1] is other[1]


def test_a_framework_stands_on_its_parents_packages_and_not_on_its_daemon(world):
    assert [step.key for step in world.steps("socket")] == [
        "debian-12.root", "debian-12.packages", "lua-5.4.packages", "socket.packages", "socket.adapters", "socket.daemon"]


def test_a_worker_that_the_parent_has_is_taken_from_there():
    catalog = read()
    plan = Plan(catalog, lambda image: "")
    step = plan.steps(catalog.find("cpp-12"))[-2]
    assert step.beside.key == "c-12.adapters"
    assert "COPY --from={beside} /opt/quern/langs/c/bin /src/langs/c/bin" in step.text and "workers.sh cpp\n" in step.text


def test_a_worker_that_was_made_on_the_same_release_is_taken_as_it_is(world, monkeypatch):
    monkeypatch.setattr(manifest, "made", lambda folder: ("lua/worker/main.c",))
    here, elsewhere = (Plan(world.catalog, lambda image: "", release).steps(world.catalog.find("lua"))[-2]
                       for release in ("bookworm", "trixie"))
    assert "workers.sh" not in here.text and "workers.sh lua\n" in elsewhere.text


def test_what_was_fetched_for_a_worker_is_not_fetched_again(world, tmp_path, monkeypatch):
    before = world.hashes("lua")
    for name in ("lua/worker/fetch", "lua/lib/dependency.jar", "lua/lib/new.1/half"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(manifest, "LANGS", tmp_path)
        assert manifest.fetched("lua") == ("lua/lib/dependency.jar",) and manifest.fetched("bash") == ()
    monkeypatch.setattr(manifest, "fetched", lambda folder: ("lua/worker/main.c",))
    assert "unhashed/langs/lua/worker/main.c" in world.steps("lua")[-2].files
    assert not changed(before, world.hashes("lua"))


def test_an_image_without_languages_is_its_root_and_the_daemon(world):
    assert [step.key for step in world.steps("scratch")] == ["scratch.root", "scratch.daemon"]


def test_a_new_daemon_changes_the_last_step_alone(world):
    before = world.hashes("socket")
    (world.programs / "quernd").write_text("another")
    assert changed(before, world.hashes("socket")) == {"socket.daemon"}


def test_a_new_client_changes_nothing(world):
    before = world.hashes("socket")
    (world.programs / "quern").write_text("another")
    assert not changed(before, world.hashes("socket"))


def test_a_new_root_changes_all_that_stands_on_it(world):
    before = world.hashes("lua")
    world.roots.content = "another"
    assert changed(before, world.hashes("lua")) == set(before)


def test_a_changed_worker_changes_no_packages(world, tmp_path, monkeypatch):
    before = world.hashes("lua")
    real = manifest.sources
    monkeypatch.setattr(manifest, "sources", lambda folder: real(folder)[1:])
    assert changed(before, world.hashes("lua")) == {"lua-5.4.adapters", "lua-5.4.daemon"}


def test_what_only_people_and_tests_read_is_no_input():
    names = manifest.sources("lua")
    assert "lua/adapter.toml" in names and "lua/worker/main.c" in names
    assert not [name for name in names if name.endswith("README.md") or "/cases/" in name or "/bin/" in name]


def test_a_language_brings_the_folders_that_it_takes_from():
    assert manifest.folders("cpp") == ["cpp", "c"]
    assert manifest.folders("scala") == ["scala", "java"]
    assert manifest.folders("bash") == ["bash"]


def test_a_manifest_without_its_query_mode_keeps_the_rest():
    text = ('name = "x"\n[needs]\nprograms = ["x", "{dir}/bin/worker"]\nfiles = ["bin", "run.sh"]\n[[batch.exec]]\nrun = ["x"]\n'
            '[query]\nworker = ["{dir}/bin/worker"]\n[query.can]\nvalue = true\n[tty]\ncommand = ["x"]\n')
    assert manifest.without_query(text) == (
        'name = "x"\n[needs]\nprograms = ["x"]\nfiles = ["run.sh"]\n[[batch.exec]]\nrun = ["x"]\n[tty]\ncommand = ["x"]\n')


def test_a_worker_that_batch_runs_use_is_built_where_there_are_only_those():
    assert manifest.batch_needs_worker("java") and not manifest.batch_needs_worker("go")
    catalog = read()
    plan = Plan(catalog, lambda image: "")
    java, go = (plan.steps(replace(catalog.find(image), batch_only=(language,)))[-2]
                for image, language in (("java-21", "java"), ("go-1.24", "go")))
    assert "workers.sh java" in java.text and "worker/refresh" in java.text and "workers.sh" not in go.text
    assert b"[query" not in java.files["langs/java/adapter.toml"]


def test_a_terminal_that_is_the_workers_goes_with_it():
    text = manifest.without_query('[query]\nworker = ["{dir}/bin/w"]\n\n[tty]\ncommand = ["{dir}/bin/w", "-i"]\n\n[limits]\nwall_ms = 1\n')
    assert text == "[limits]\nwall_ms = 1\n"


def test_labels_say_what_backend_ai_asks_for(world):
    labels = labels_of(world.catalog.find("lua"))
    assert labels["ai.backend.kernelspec"] == "1"
    assert labels["ai.backend.features"] == "batch query tty uid-match user-input"
    assert labels["ai.backend.base-distro"] == "debian12"


def test_an_image_says_otherwise_than_its_family():
    paths = {name: labels_of(read().find(name))["ai.backend.runtime-path"] for name in ("python-2.7", "python-3.9", "numpy")}
    assert paths == {"python-2.7": "/usr/bin/python2.7", "python-3.9": "/usr/bin/python3", "numpy": "/usr/bin/python3"}


def test_every_image_with_packages_names_its_distribution_and_release():
    distributions = {labels_of(image).get("ai.backend.base-distro") for image in read().images.values() if image.suite}
    assert distributions == {"debian11", "debian12", "debian13", "alpine3.20", "ubuntu24.04"}


def test_the_daemon_runs_as_no_root_and_is_asked_for_its_health(world):
    text = world.steps("lua")[-1].text
    assert "USER 1000:1000" in text and 'HEALTHCHECK' in text and 'ENTRYPOINT ["/opt/quern/bin/quernd"]' in text
