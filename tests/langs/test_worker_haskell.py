# SPDX-License-Identifier: Apache-2.0
"""The Haskell worker by the contract of langs/WORKER.md, alone over its descriptors: cells, values, errors and life."""
import os
import time

import pytest
from harness import Worker

LANGUAGE = "haskell"


@pytest.mark.parametrize("code, value", [
    ("6 * 7", "42"), ('"a" ++ "b"', '"ab"'), ("return 5", "5"), ("pure ()", None), ("x = 5", None), ("x = 5\nx", "5"),
    ("let x = 5", None), ("let x = 5\nx", "5"), ("let x = 5 in x + 1", "6"), ("x <- return 5\nx", "5"), ("3 :: Int", "3"),
    ("f 0 = 1\nf n = n * f (n - 1)\n\nf 5", "120"), ("g :: Int -> Int\ng = (+ 1)\ng 4", "5"), ("g 4 where g = id", None),
    ("f x\n  | x > 0 = 'p'\n  | otherwise = 'n'\nf 1", "'p'"), ("(a, b) = (1, 2)\na + b", "3"),
    ("a +++ b = a * b\n2 +++ 4", "8"),
    ("infixl 6 |+|\n(|+|) :: Int -> Int -> Int\na |+| b = a + b\n1 |+| 2 |+| 3", "6"),
    ("do\n  let y = 2\n  return (y * 2)", "4"),
    ("data C = R | G deriving (Show, Eq, Enum)\n[R ..]", "[R,G]"), ("newtype N = N { unN :: Int }\nunN (N 3)", "3"),
    ("class P a where\n  p :: a -> String\ninstance P Bool where\n  p = show\np True", '"True"'),
    ("type S = String\nx :: S\nx = \"s\"\nx", '"s"'), ("import Data.Char\nmap toUpper \"up\"", '"UP"'),
    ("import qualified Data.Map as M\nM.toList (M.fromList [(1, 'a')])", "[(1,'a')]"),
    ("if True\nthen 1\nelse 2", "1"), ("case 3 of\n  3 -> \"three\"\n  _ -> \"none\"", '"three"'), ("print 1; 2", "2"),
    ("let k 0 = 1\n    k n = 2\nk 3", "2"), ("{- one\nf x =\n-} 7 -- seven", "7"), ("\"a\\\n  \\b\"", '"ab"'),
    ("  x = 1\n  x", "1"),
    ("even' 0 = True\neven' n = odd' (n - 1)\nodd' 0 = False\nodd' n = even' (n - 1)\neven' 10", "True"), ("()", "()"),
    ("import Control.Monad.ST\nimport Data.STRef\nrunST (newSTRef 1 >>= readSTRef)", "1"), ("[x | x <- [1 .. 3]]", "[1,2,3]"),
])
def test_a_cell_of_any_mixture_has_the_value_of_its_last_expression(worker, code, value):
    answer = worker.run(code)
    if "where g" in code:
        assert answer.error[0] == "ParseError"
    else:
        assert (answer.value, answer.done, answer.error) == (value, {"status": "ok"}, None)


def test_names_types_instances_and_imports_are_kept_and_may_be_made_anew(worker):
    worker.run("import Data.List\ndata T = A Int deriving Show\nt = A 1\n"
               "class K a where k :: a -> Int\ninstance K T where k (A n) = n")
    assert worker.run("(sort [2, 1], t, k t)").value == "([1,2],A 1,1)"
    worker.run("data T = B String deriving Show\nk = 'k'\ninc :: Int -> Int\ninc = (+ 1)\ntwice = inc . inc")
    assert worker.run("(B \"b\", k, twice 1)").value == "(B \"b\",'k',3)"
    worker.run("inc n = n + 10")
    assert worker.run("(twice 1, inc 1)").value == "(3,11)"  # what was compiled keeps what it was compiled with
    assert worker.run("it").value == "(3,11)"


def test_only_the_last_item_shows_its_value_and_a_silent_run_none(worker):
    assert worker.run("1\n2\nputStrLn \"x\"").shape == [("stdout", "x\n"), "done"]
    assert worker.run("1\n2").shape == ["result", "done"]
    assert worker.run("1", silent=1).shape == ["done"]
    assert worker.run("getLine' = 3\nreturn getLine'", silent=1).shape == ["done"]


def test_an_endless_value_is_cut_off(worker):
    assert len(worker.run("[1 ..]").value) == 1_000_001


def test_a_value_that_cannot_be_shown_says_so_in_a_sentence(worker):
    answer = worker.run("map (+ 1)")
    assert answer.error == ("CompileError", "A value of type ‘[Integer] -> [Integer]’ cannot be shown, for that type has no instance "
                            "of Show: apply it to what it lacks, or derive or write an instance.")
    assert worker.run("return (+ 1)").shape == ["done"]


@pytest.mark.parametrize("code, name, message, place", [
    ("x = 1\n\nerror \"no luck\"", "ErrorCall", "no luck", ("3", "1")),
    ("f :: Int -> Int\nf n =\n  error \"deep\"\nf 3", "ErrorCall", "deep", ("3", "3")),
    ("1 `div` 0", "ArithException", "divide by zero", ("1", "1")),
    ("f 1 = 2\n\nf 3", "PatternMatchFail", "<cell 1>:1:1-7: Non-exhaustive patterns in function f", ("1", "1")),
    ("print 1\nioError (userError \"no\")", "IOException", "user error (no)", ("2", "1")),
    ("import Control.Exception\ndata Own = Own Int deriving Show\ninstance Exception Own\n\nthrowIO (Own 3)", "Own", "Own 3", ("5", "1")),
    ("let Just y = Nothing :: Maybe Int\ny", "PatternMatchFail", None, ("1", "5")),
    ("import Control.Concurrent\n\nnewEmptyMVar >>= takeMVar :: IO ()", "BlockedIndefinitelyOnMVar",
     "thread blocked indefinitely in an MVar operation", ("3", "1")),
    ("error (error \"inner\")", "ErrorCall", None, ("1", "1")),
])
def test_an_exception_is_told_by_its_type_with_the_users_line(worker, code, name, message, place):
    answer = worker.run(code)
    (_, attributes, parts), = answer.frames("error")
    assert answer.error[0] == name and message in (None, answer.error[1])
    assert (attributes["kind"], attributes["line"], attributes["column"]) == ("runtime", *place)
    assert [body for part, body in parts if part == "traceback"][0].startswith(b"*** Exception: ")
    assert answer.done == {"status": "error"} and worker.run("2").value == "2"


@pytest.mark.parametrize("code, name, message, place", [
    ("x = = 1", "ParseError", "parse error on input ‘=’", ("1", "5")),
    ("f (x = 1", "ParseError", "parse error on input ‘=’", ("1", "6")),
    ("print 1\nnope", "CompileError", "Variable not in scope: nope", ("2", "1")), ("x = \"a", "ParseError", None, ("1", "7")),
    ("y = 'a' && True", "CompileError", "Couldn't match expected type ‘Bool’ with actual type ‘Char’", ("1", "5")),
    ("1\nimport No.Such.Module", "CompileError", None, ("2", "1")), ("x = 1\nx = 2", "CompileError", None, ("2", "1")),
    ("{-# LANGUAGE NoSuch #-}\n1", "CompileError", "Unsupported extension: NoSuch", ("1", "14")),
    ("main = print 1\n  +", "ParseError", None, None), ("{-# LANGUAGE CPP #-}\n#define X 3\nX", "NoPreprocessor", None, (None, None)),
    (":nosuch", "UnknownCommand", None, ("1", "1")),
])
def test_what_does_not_compile_is_told_in_ghcs_words_and_hurts_nothing(worker, code, name, message, place):
    worker.run("kept = 5")
    answer = worker.run(code)
    (_, attributes, parts), = answer.frames("error")
    assert answer.error[0] == name and message in (None, answer.error[1]) and attributes["kind"] == "compile"
    assert place in (None, (attributes.get("line"), attributes.get("column")))
    assert len([part for part, _ in parts if part == "traceback"]) > 0
    assert answer.done == {"status": "error"} and worker.run("kept").value == "5"


def test_nothing_of_a_cell_runs_unless_all_of_it_can_be_parsed(worker):
    assert worker.run("putStrLn \"no\"\nx = = 1").shape == ["error", "done"]


def test_a_program_is_compiled_alone_and_its_names_join_the_context(worker):
    worker.run("lookup = 'l'\nkept = 5\nhelp = 1")
    program = ("module Main (main) where\nimport Data.Map (Map, lookup)\nimport Prelude hiding (lookup)\nhelp = 2\n"
               "main :: IO ()\nmain = print (help, length xs)\n  where xs = \"ab\"")
    assert worker.run(program).shape == [("stdout", "(2,2)\n"), "done"]
    assert worker.run("(kept, help)").value == "(5,2)"
    assert worker.run("module Main where\nmain = print kept").error == ("CompileError", "Variable not in scope: kept")
    assert worker.run("main = print kept").out == "5\n"  # without a header it may use what there is
    assert worker.run("main").out == "5\n"
    answer = worker.run("module Main where\nmain = do\n  print 1\n  error \"late\"\n")
    assert answer.out == "1\n" and answer.frames("error")[0][1]["line"] == "4" and worker.run("kept").value == "5"


@pytest.fixture
def project(tmp_path):
    """A worker in a folder with modules."""
    (tmp_path / "Geo").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "Helper.hs").write_text("module Helper where\nimport Geo.Shape\ndata Color = Red deriving Show\nhelp = area 3 + 1\n")
    (tmp_path / "Geo/Shape.hs").write_text("module Geo.Shape (area) where\narea :: Int -> Int\narea n = n * n\n")
    (tmp_path / "src/Bad.hs").write_text("module Bad where\n\nbad :: Int\nbad = 'c'\n")
    with Worker(LANGUAGE, cwd=tmp_path) as worker:
        yield worker, tmp_path


def test_modules_of_the_working_directory_can_be_imported_and_cost_no_name(project):
    worker, folder = project
    worker.run("kept = 5\ndata T = T Int deriving Show\nt = T 3\ninc x = x + kept")
    assert worker.run("import Helper\nimport qualified Geo.Shape as G\n(help, Red, G.area 2)").value == "(10,Red,4)"
    (folder / "Geo/Shape.hs").write_text("module Geo.Shape (area) where\narea :: Int -> Int\narea n = n * n * 10\n")
    os.utime(folder / "Geo/Shape.hs", (time.time() + 2, time.time() + 2))
    assert worker.run("import Helper\nhelp").value == "91"
    answer = worker.run("\nimport Bad")
    assert answer.error[0] == "CompileError" and "src/Bad.hs:4:7" in answer.error[1]
    assert answer.frames("error")[0][1]["line"] == "2"
    assert worker.run("import Helper\n(kept, t, inc 1, T 4, help)").value == "(5,T 3,6,T 4,91)"


def test_a_module_in_a_cell_can_be_imported_and_made_anew(worker):
    worker.run("kept = 5")
    worker.run("module Shapes (square) where\nimport Data.List\nsquare :: Int -> Int\nsquare x = hidden x x\nhidden = (*)")
    assert worker.run("square 4").value == "16" and worker.run("hidden").error[1].startswith("Variable not in scope: hidden")
    assert worker.run("import qualified Shapes as Q\nQ.square 3").value == "9"
    answer = worker.run("module Shapes (square) where\n\nsquare = 'c' + True")
    assert answer.error[0] == "CompileError" and answer.frames("error")[0][1]["line"] == "3"
    worker.run("module Shapes where\nsquare :: Double -> Double\nsquare x = x * 2")
    assert worker.run("module Main where\nimport Shapes\nmain = print (square 3)").out == "6.0\n"
    assert worker.run("(kept, square 4)").value == "(5,8.0)"


def test_arguments_reach_a_program_and_stay_until_there_are_others(worker):
    code = "import System.Environment\nmain = getArgs >>= print"
    assert worker.run(code, argv=["a b", "é", ""]).out == '["a b","\\233",""]\n'
    assert worker.run("getArgs").value == '["a b","\\233",""]'
    assert worker.run("getProgName").value == '"main"'


@pytest.mark.parametrize("code, value", [
    (":t map", "map :: (a -> b) -> [a] -> [b]"), (":type 'a'", "'a' :: Char"), (":k Maybe", "Maybe :: * -> *"),
    (":kind Int", "Int :: *"),
    (":set -XLambdaCase\n(\\case { 1 -> 'a'; _ -> 'b' }) 1", "'a'"),
    ("{-# LANGUAGE LambdaCase #-}\n(\\case { _ -> 'b' }) 1", "'b'"),
    (":m + Data.List\nnub [1, 1]", "[1]"), ("x = 3\n:type x", "x :: Num p => p"), (":{\nx = 3\nx\n:}", None),
    (":set -Wall", None), (":set -package ghc\nimport GHC.Utils.Misc\nnTimes 2 (+ 1) 0", "2"),
])
def test_commands_of_ghcis(worker, code, value):
    answer = worker.run(code)
    assert (answer.value, answer.error) == (value, None)


def test_a_command_within_a_cell_prints_and_info_tells_instances(worker):
    assert worker.run(":type 'a'\n2").shape == [("stdout", "'a' :: Char\n"), "result", "done"]
    assert "instance Show" in worker.run(":info Show").value or "Show Int" in worker.run(":info Show").value


def test_pragmas_hold_from_then_on_and_warnings_are_on_stderr(worker):
    worker.run("{-# LANGUAGE TupleSections, ScopedTypeVariables #-}\nx = 1")
    assert worker.run("map (,1) \"a\"").value == "[('a',1)]"
    answer = worker.run("f :: Bool -> Int\nf True = 1\nf True = 2")
    assert "Pattern match is redundant" in answer.err and "<cell 3>:3:1" in answer.err and answer.done == {"status": "ok"}


def test_template_haskell_and_quotes_work(worker):
    worker.run("{-# LANGUAGE TemplateHaskell #-}\nimport Language.Haskell.TH")
    assert worker.run("$(litE (integerL 5)) + 1").value == "6"
    assert worker.run("$(return [])\nname = $(stringE . pprint =<< [| \\x -> x |])\nlength name > 3").value == "True"


def test_an_exit_ends_the_snippet_and_keeps_the_context(worker):
    worker.run("import System.Exit\nkept = 5")
    answer = worker.run("exitWith (ExitFailure 3)\nputStrLn \"no\"")
    assert (answer.shape, answer.done) == (["done"], {"status": "error", "exit": "3"})
    assert worker.run("exitSuccess").done == {"status": "ok", "exit": "0"}
    assert worker.run("die \"words\"").shape == [("stderr", "words\n"), "done"]
    assert worker.run("kept").value == "5"


def test_traceparent_is_of_one_run(worker):
    show = "import System.Environment\nlookupEnv \"TRACEPARENT\""
    assert worker.run(show, traceparent="00-ab-cd-01").value == 'Just "00-ab-cd-01"'
    assert worker.run(show).value == "Nothing"
    worker.run("setEnv \"TRACEPARENT\" \"mine\"")
    assert worker.run(show, traceparent="00-ab-cd-01").value == 'Just "00-ab-cd-01"'
    assert worker.run(show).value == 'Just "mine"'
    worker.run("setEnv \"TRACEPARENT\" \"changed\"", traceparent="00-ab-cd-01")
    assert worker.run(show).value == 'Just "changed"'


def test_a_snippet_of_a_megabyte_and_text_of_all_scripts(worker):
    assert worker.run("-- " + "x" * 97 + "\n" + ("-- " + "x" * 97 + "\n") * 10000 + "'e'").value == "'e'"
    assert worker.run('"' + "x" * 1_000_000 + '"').value.startswith('"xxx')
    assert worker.run('putStrLn "grüße 世界 🦉"\nländer = 3\nländer').shape == [("stdout", "grüße 世界 🦉\n"), "result", "done"]


def test_the_end_of_requests_ends_the_worker_with_what_was_printed(worker):
    worker.run("import Control.Concurrent\nforkIO (threadDelay 1000000000)")
    assert worker.close() == 0


def test_a_rubbish_environment_does_not_spoil_the_start(tmp_path):
    environment = {"LC_ALL": "C", "LANG": "xx", "GHCRTS": "-M1k", "GHC_ENVIRONMENT": "-", "HOME": "/nonexistent"}
    with Worker(LANGUAGE, env=environment, cwd=tmp_path) as worker:
        assert worker.run('putStrLn "é"').out == "é\n"
