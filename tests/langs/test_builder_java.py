# SPDX-License-Identifier: Apache-2.0
"""Java's builder: what it builds is what the ordinary build makes, and all else it leaves to that."""
import os
import subprocess

import pytest

from harness import ENVIRONMENT, ROOT, Worker, request, variables

RUN = ["sh", str(ROOT / "java/run.sh")]
HELLO = 'public class Main { public static void main(String[] a) { System.out.println("hello"); } }\n'
PROGRAMS = {
    "one class": {"Main.java": HELLO},
    "a class of another name than its file": {"Main.java": HELLO.replace("Main", "Other")},
    "records, lambdas, switches and nested classes": {"Main.java": """
        import java.util.*;
        import java.util.function.*;
        public class Main {
          sealed interface Shape permits Circle, Square {}
          record Circle(double radius) implements Shape {}
          record Square(double side) implements Shape {}
          enum Colour { RED { @Override int n() { return 1; } }; abstract int n(); }
          class Inner { class Deeper { Object o = new Object() { }; } }
          static <T extends Comparable<T>> T most(List<? extends T> all) { return Collections.max(all); }
          public static void main(String[] args) {
            Supplier<Function<Integer, Integer>> f = () -> n -> n + args.length;
            var text = switch (Colour.RED) { case RED -> "r" + f.get().apply(1); };
            Shape s = new Circle(1);
            if (s instanceof Circle c && c.radius() > 0) System.out.println(text + most(List.of(1, 2)) + c);
            assert text != null : "none";
          }
        }"""},
    "packages in folders": {
        "src/a/Main.java": "package a; public class Main { public static void main(String[] w) { new a.b.Helper().help(); } }\n",
        "src/a/b/Helper.java": "package a.b; public class Helper { public void help() { System.out.println(new Object() { }); } }\n"},
    "names beyond ASCII": {"Grüße.java": HELLO.replace("Main", "Grüße").replace("hello", "héllo ✓"), "Ñandú.java": "interface Ñandú { int ñ = 1; }\n"},
    "no main": {"A.java": "class A { }\n", "B.java": "class B extends A { }\n"},
}
LEFT = {
    "an error": {"Main.java": "public class Main { int x = nope; }\n"},
    "no code": {"Main.java": "class {"},
    "a note": {"Main.java": "import java.util.*; class Main { void f(List l) { l.add(1); } }\n"},
    "a warning": {"Main.java": "class Main { @Deprecated(forRemoval = true) static void f() { } }\n",
                  "Other.java": "class Other { void g() { Main.f(); } }\n"},
    "two programs": {"A.java": HELLO.replace("Main", "A"), "B.java": HELLO.replace("Main", "B")},
    "a module": {"Main.java": HELLO, "module-info.java": "module m { }\n"},
    "services on the class path": {"Main.java": HELLO, "META-INF/services/javax.annotation.processing.Processor": "Nobody\n"},
    "many sources": {f"C{n}.java": f"class C{n} {{ }}\n" for n in range(100)},
    "a large source": {"Main.java": HELLO + "// " + 300_000 * "x" + "\n"},
}


@pytest.fixture(scope="module")
def builder():
    with Worker(argv=[*RUN, "keep"], env=variables("java")) as kept:
        yield kept


def put(folder, files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.java"))


def words(*parts):
    return "".join(part + "\0" for part in parts)


def builds(builder, folder, sources, step="build", names=(), main="Main.java"):
    argv = words(*RUN, step, main, *sources, *(["--", "x"] if step == "run" else []))
    builder.send(request("build", cwd=str(folder), argv=argv, names=words(*names)))
    answer = builder.wait()
    assert answer.done == {"status": "ok"} and answer.shape in (["built", "done"], ["done"])
    return answer.shape == ["built", "done"]


def ordinary(folder, sources, main="Main.java"):
    return subprocess.run([*RUN, "build", main, *sources], cwd=folder, env={**ENVIRONMENT, **variables("java")},
                          capture_output=True, text=True, timeout=60)


def left(folder):
    return {str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
            for path in (folder / ".classes").rglob("*")}


@pytest.mark.parametrize("files", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_it_leaves_is_what_the_ordinary_build_leaves_byte_for_byte(builder, tmp_path, files):
    for folder in (tmp_path / "kept", tmp_path / "ordinary"):
        sources = put(folder, files)
    assert builds(builder, tmp_path / "kept", sources)
    done = ordinary(tmp_path / "ordinary", sources)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made = left(tmp_path / "kept")
    assert made == left(tmp_path / "ordinary") and any(name.endswith(".class") for name in made) and ".classes/.main" in made


@pytest.mark.parametrize("files", LEFT.values(), ids=LEFT.keys())
def test_it_leaves_to_the_ordinary_build_whatever_that_may_say_more_of(builder, tmp_path, files):
    sources = put(tmp_path, files)
    assert not builds(builder, tmp_path, sources)
    assert not (tmp_path / ".classes/.main").exists()  # or a run would take it for done


def test_classes_of_one_build_are_not_there_in_another(builder, tmp_path):
    uses = {"Main.java": HELLO.replace("a) {", "a) { new Helper();")}
    helper = {"Helper.java": "class Helper { }\n"}
    assert builds(builder, tmp_path / "a", put(tmp_path / "a", uses | helper))
    assert not builds(builder, tmp_path / "b", put(tmp_path / "b", uses))
    (tmp_path / "a/Helper.java").unlink()
    assert not builds(builder, tmp_path / "a", ["Main.java"])
    assert builds(builder, tmp_path / "a", put(tmp_path / "a", {"Helper.java": "class Helper { Helper() { } }\n"} | uses))


def test_what_was_there_before_goes_and_links_are_left_alone(builder, tmp_path):
    sources = put(tmp_path, {"Main.java": HELLO, ".classes/old/Old.class": "old", "kept/file": "mine"})
    (tmp_path / ".classes/link").symlink_to(tmp_path / "kept")
    assert builds(builder, tmp_path, sources)
    assert set(left(tmp_path)) == {".classes/Main.class", ".classes/.main"} and (tmp_path / "kept/file").read_text() == "mine"
    (tmp_path / ".classes").rename(tmp_path / "elsewhere")
    (tmp_path / ".classes").symlink_to(tmp_path / "elsewhere")
    assert not builds(builder, tmp_path, sources) and (tmp_path / "elsewhere/Main.class").exists()


@pytest.mark.parametrize("name", ["CLASSPATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_JAVAC_OPTIONS", "PATH", "LC_ALL"])
def test_a_variable_that_counts_for_the_compiler_is_the_ordinary_builds(builder, tmp_path, name):
    sources = put(tmp_path, {"Main.java": HELLO})
    assert not builds(builder, tmp_path, sources, names=["MINE", name])
    assert builds(builder, tmp_path, sources, names=["MINE"])


def test_with_options_for_every_jvm_it_does_not_come_up(tmp_path):
    with Worker(argv=[*RUN, "keep"], env={**variables("java"), "CLASSPATH": "lib.jar"}, ready=False) as kept:
        assert kept.child.wait(60) == 0


@pytest.mark.parametrize("folder", ["a:b", "a*b"])
def test_a_folder_whose_name_means_more_on_a_class_path_is_left(builder, tmp_path, folder):
    assert not builds(builder, tmp_path / folder, put(tmp_path / folder, {"Main.java": HELLO}))


def test_a_run_builds_unless_its_classes_are_newer_than_their_sources(builder, tmp_path):
    sources = put(tmp_path, {"Main.java": HELLO})
    assert builds(builder, tmp_path, sources, step="run")
    assert not builds(builder, tmp_path, sources, step="run")  # it finds that out itself
    made = (tmp_path / ".classes/.main").stat().st_mtime
    os.utime(tmp_path / "Main.java", (made + 1, made + 1))
    assert builds(builder, tmp_path, sources, step="run")
    assert builds(builder, tmp_path, sources, step="build") and builds(builder, tmp_path, sources, step="build")


def test_it_does_not_grow_with_the_builds(builder, tmp_path):
    for count in range(60):
        sources = put(tmp_path, {"Main.java": HELLO.replace("hello", f"hello{count}")})
        assert builds(builder, tmp_path, sources)
        if count == 30:
            before = builder.rss_mb
    assert builder.rss_mb < before + 20 and builder.rss_mb < 160
