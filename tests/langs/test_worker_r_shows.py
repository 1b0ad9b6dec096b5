# SPDX-License-Identifier: Apache-2.0
"""What the R worker shows (plots, tables, displays) and what it knows of code (completion, inspection, check)."""
import pytest

LANGUAGE = "r"


def plots(answer):
    return [dict(parts) for _, _, parts in answer.frames("display")]


def test_a_plot_is_shown_as_text_png_and_svg_when_its_snippet_ends(worker):
    answer = worker.run("plot(1:3); lines(3:1); cat('drawn\\n'); 5")
    assert answer.shape == [("stdout", "drawn\n"), "display", "result", "done"]
    plot, = plots(answer)
    assert list(plot) == ["text/plain", "image/png", "image/svg+xml"]
    assert plot["text/plain"] == b"<plot, 7 by 5 inches>" and plot["image/png"].startswith(b"\x89PNG") and b"<svg" in plot["image/svg+xml"]


def test_each_page_is_shown_once(worker):
    assert len(plots(worker.run("for (i in 1:3) plot(i)"))) == 3
    assert worker.run("1").shape == ["result", "done"]
    assert len(plots(worker.run("par(mfrow = c(1, 2)); plot(1); plot(2); plot(3)"))) == 2
    assert len(plots(worker.run("library(grid); grid.newpage(); grid.rect(); grid.newpage(); grid.circle()"))) == 2


def test_a_later_snippet_may_draw_on(worker):
    first, = plots(worker.run("plot(1:10, main = 'one')"))
    second, = plots(worker.run("abline(h = 5)"))
    assert first["image/png"] != second["image/png"]
    assert not plots(worker.run("invisible(par('usr'))")) and not plots(worker.run("par(mar = c(1, 1, 1, 1))"))


def test_a_closed_device_is_shown_and_a_file_of_the_users_is_his(worker, tmp_path):
    assert len(plots(worker.run("plot(1); invisible(dev.off())"))) == 1
    assert not plots(worker.run(f"pdf('{tmp_path}/mine.pdf'); plot(1); invisible(dev.off())"))
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")
    assert len(plots(worker.run("plot(1); dev.new(); plot(2); graphics.off()"))) == 2
    assert worker.run("length(dev.list())").value == "[1] 0"


def test_what_was_drawn_before_a_failure_is_shown(worker):
    assert worker.run("plot(1); stop('late')").shape == ["display", "error", "done"]
    assert worker.run("plot(2); q()").shape == ["display", "done"]


def test_the_size_is_the_one_asked_for(worker):
    worker.run("options(repr.plot.width = 4, repr.plot.height = 3, repr.plot.res = 100)")
    plot, = plots(worker.run("plot(1)"))
    assert plot["text/plain"] == b"<plot, 4 by 3 inches>"
    assert [int.from_bytes(plot["image/png"][at:at + 4], "big") for at in (16, 20)] == [400, 300]


def test_a_plot_of_very_many_points_is_no_svg(worker):
    assert list(plots(worker.run("plot(runif(3e4))"))[0]) == ["text/plain", "image/png"]


def test_a_plot_kept_as_a_value_is_drawn_when_printed(worker):
    assert len(plots(worker.run("plot(1); p <- recordPlot(); invisible(dev.off())"))) == 1
    assert len(plots(worker.run("p"))) == 1


def test_a_data_frame_is_a_table_too(worker):
    answer = worker.run("data.frame(n = c(1.5, 10), s = c('<a>', NA))")
    assert answer.value == "     n    s\n1  1.5  <a>\n2 10.0 <NA>"
    html = answer.part("result", "text/html")
    assert "<th>n</th><th>s</th>" in html and "<td>&lt;a&gt;</td>" in html and "1.5</td>" in html
    assert "the first 60 of 999 rows" in worker.run("data.frame(a = 1:999)").part("result", "text/html")
    assert worker.run("data.frame()").part("result", "text/html").startswith("<table>")
    assert worker.run("df <- data.frame(a = 1:2); df$m <- matrix(1:4, 2); df$l <- list(1, 'b'); df").part("result", "text/html")


def test_display_shows_values_and_other_types_of_content(worker):
    answer = worker.run("display(1:3); display('<b>x</b>', 'text/html', plain = 'x'); display(as.raw(1:3), mime = 'image/x', id = 'a b')")
    assert [(attributes, parts) for _, attributes, parts in answer.frames("display")] == [
        ({}, [("text/plain", b"[1] 1 2 3")]), ({}, [("text/plain", b"x"), ("text/html", b"<b>x</b>")]),
        ({"display": "a%20b"}, [("text/plain", b"<image/x>"), ("image/x", b"\1\2\3")])]
    assert worker.run("display(2, id = 'a b', update = TRUE)").frames("display")[0][1] == {"display": "a%20b", "update": "1"}
    assert worker.run("clear_output(wait = TRUE)").frames("clear")[0][1] == {"wait": "1"}
    assert worker.run("display(1, mime = 'nonsense')").error[0] == "simpleError"
    assert worker.run("structure('<i>', class = c('html', 'character'))").part("result", "text/html") == "<i>"


def test_help_and_other_pages_are_printed(worker):
    assert "Standard Deviation" in worker.run("?sd").value
    assert "_\b" not in worker.run("help('mean')").value
    assert "no terminal" in worker.run("edit(1)").error[1]


def test_what_was_printed_before_a_frame_comes_before_it(worker):
    shape = worker.run("cat('a\\n'); display(1); system('echo b'); display(2); cat('c\\n'); 3").shape
    before = ["".join(event[1] for event in shape[:at] if event[0] == "stdout")
              for at, event in enumerate(shape) if event in ("display", "result")]
    assert [text.startswith(least) for text, least in zip(before, ("a\n", "a\nb\n", "a\nb\nc\n"), strict=True)] == [True] * 3


SETUP = """
my_list <- list(alpha = 1, `two words` = 2, inner = list(deep = 3)); my_env <- new.env(); my_env$within <- 1
my_fun <- function(first, second = 2, ...) first; `odd name` <- 1
my_frame <- data.frame(height = 1, weight = 2)
setClass("Shape", representation(side = "numeric")); my_shape <- new("Shape", side = 1)
makeActiveBinding("my_active", function() cat("asked\\n"), globalenv()); delayedAssign("my_promise", cat("forced\\n"))
`$.evil` <- function(x, name) cat("called\\n"); names.evil <- function(x) cat("named\\n"); str.evil <- function(x, ...) cat("strung\\n")
length.evil <- function(x) cat("measured\\n"); my_evil <- structure(list(good = 1), class = "evil")
"""


@pytest.mark.parametrize("code, start, some", [
    ("my_li", 0, {"my_list": "variable"}), ("x <- my_f", 5, {"my_fun": "function", "my_frame": "variable"}),
    ("my_list$al", 8, {"alpha": "variable"}), ("my_list$", 8, {"alpha": "variable", "`two words`": "variable"}),
    ("my_list$inner$d", 14, {"deep": "variable"}), ("my_env$w", 7, {"within": "variable"}), ("my_shape@s", 9, {"side": "variable"}),
    ("my_frame$he", 9, {"height": "variable"}), ('my_list[["al', 10, {"alpha": "variable"}), ("my_evil$g", 8, {"good": "variable"}),
    ("é <- my_l", 6, {"my_list": "variable"}), ("odd", 0, {"`odd name`": "variable"}), ("fun", 0, {"function": "keyword"}),
    ("my_fun(fi", 7, {"first = ": "argument"}), ("my_fun(1, sec", 10, {"second = ": "argument"}), ("my_fun(first = al", 15, {"all": "function"}),
    ("sd(na", 3, {"na.rm = ": "argument"}), ("round(3, di", 9, {"digits = ": "argument"}), ("stats::weighted.m", 7, {"weighted.mean": "function"}),
    ("tools::toTi", 7, {"toTitleCase": "function"}), ("utils:::.addF", 8, {".addFunctionInfo": "function"}), ("splines::b", 9, {"bs": "function"}),
    ("library(gri", 8, {"grid": "package"}), ('library("gri', 9, {"grid": "package"}), ("# my_l", 6, {}), ("'my_l", 1, {}),
    ("my_active$", 10, {}), ("my_promise$x", 11, {}), ("paste('a # b', my_l", 15, {"my_list": "variable"}), ("my_act", 0, {"my_active": "variable"}),
    ("nope_nope", 0, {}), (".libP", 0, {".libPaths": "function"}), ("mtca", 0, {"mtcars": "variable"}), ("f(my_list$al", 10, {"alpha": "variable"}),
    ("read.csv('/etc/passw", 10, {"/etc/passwd": "file"}), ("setwd('/et", 7, {"/etc/": "directory"}), ("my_fun(a, function(x) { my_l", 24, {"my_list": "variable"}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run(SETUP)
    found, end, items = worker.complete(code)
    assert end == len(code.encode()) and (found == start or not items)
    assert {name: items.get(name) for name in some} == some and (some or not items)
    assert worker.run("1").shape == ["result", "done"]


def test_completion_and_inspection_run_nothing_of_the_users(worker):
    worker.run(SETUP)
    for code in ("my_", "my_evil$", "my_evil", "my_active", "my_promise", "my_evil[['", "length(my_evil", "my_active$x", "f(my_evil$good"):
        worker.complete(code)
        worker.inspect(code)
        worker.inspect(code, 1)
    assert worker.run("").shape == ["done"]
    assert worker.run("my_promise").out == "forced\n"


@pytest.mark.parametrize("code, text", [
    ("my_fun", "my_fun(first, second = 2, ...)"), ("my_list", "my_list: list\nList of 3"), ("my_frame", "my_frame: data.frame, 1 rows, 2 columns"),
    ("my_list$inner$deep", "my_list$inner$deep: numeric\n num 3"), ("my_evil", "my_evil: evil"), ("sd", "sd(x, na.rm = FALSE)"), ("sum", "sum(..., na.rm = FALSE)"),
    ("my_fun(1, ", "my_fun(first"), ("stats::sd", "sd(x, na.rm = FALSE)"), ("if", "Control"), ("mtcars", "mtcars: data.frame, 32 rows"),
    ("my_shape", "my_shape: Shape"), ("my_active", None), ("my_promise", None), ("nope", None), ("", None), ("é <- my_fun", "my_fun(first"),
])
def test_inspection_tells_what_a_word_is(worker, code, text):
    worker.run(SETUP)
    found = worker.inspect(code)
    assert found is None if text is None else found.startswith(text), found


def test_inspection_shows_help_and_the_users_own_source(worker):
    worker.run("# Doubles.\ntwice <- function(n) {\n  n * 2  # so\n}")
    assert worker.inspect("twice").endswith("# Doubles.\ntwice <- function(n) {\n  n * 2  # so\n}")
    assert "Standard Deviation" in worker.inspect("sd") and "Arguments:" not in worker.inspect("sd")
    assert "Arguments:" in worker.inspect("sd", 1)


@pytest.mark.parametrize("code, state, indent", [
    ("x <- 1", "complete", ""), ("", "complete", ""), ("f(", "incomplete", "  "), ("for (i in 1:3) {", "incomplete", "  "), ("x <-", "incomplete", ""),
    ("f <- function(x) {\n  if (x) {", "incomplete", "    "), ("'abc", "incomplete", ""), ('"a\\"', "incomplete", ""), ("r\"(raw", "incomplete", ""),
    ("`name", "incomplete", ""), ("if (TRUE)", "incomplete", ""), ("x <- ) 1", "invalid", ""), ("}", "invalid", ""), ("'\\q'", "invalid", ""),
    ("a b", "invalid", ""), ("1 %in", "invalid", ""), ("x |>", "incomplete", ""), ("# only {", "complete", ""), ("f('{', ", "incomplete", "  "), ("else", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_questions_print_nothing(worker):
    for code in ("'\\q", "f(\"\\", "\x01", "a$$", "::", "[[[", "(" * 3000, "é" * 999, "library(", "a@b@", "?", "x[['", "#'"):
        assert worker.complete(code) and (worker.inspect(code) or True) and worker.check(code)
    assert worker.run("1").shape == ["result", "done"]
