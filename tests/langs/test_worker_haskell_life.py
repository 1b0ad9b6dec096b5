# SPDX-License-Identifier: Apache-2.0
"""The Haskell worker by the contract of langs/WORKER.md, alone over its descriptors: interrupts, streams and questions."""
import time

import pytest
from harness import SECONDS, Worker, statuses

LANGUAGE = "haskell"
INTERRUPTED = ("UserInterrupt", "user interrupt")


@pytest.mark.parametrize("code", [
    "import Control.Concurrent\nthreadDelay 60000000", "let loop = loop :: IO ()\nloop", "let f n = f (n + 1) :: Int\nf 0",
    "sum [1 ..] :: Int", "length [1 ..]", "getLine", "getContents >>= putStr", "interact id", "last [1 ..] :: Integer",
    "import System.Process\nreadProcess \"sleep\" [\"100\"] \"\"", "import System.Process\ncallCommand \"sleep 100\"",
    "import System.Process\nreadProcess \"sh\" [\"-c\", \"trap '' INT; sleep 1\"] \"\"", "import Control.Monad\nforever (putStrLn \"flood\")",
    "import Data.Bits\nlet g :: Int -> Int\n    g 0 = 1\n    g n = g (n `xor` 3 .|. 1)\ng 1", "mapM_ print [1 ..]", "[1 ..] == [1 ..]",
    "import Control.Concurrent\nm <- newEmptyMVar :: IO (MVar ())\ntakeMVar m", "x = 2 ^ (2 ^ 40) :: Integer\nx `seq` 1",
    "module Main where\nimport Control.Concurrent\nmain = threadDelay 60000000", "import System.Timeout\ntimeout 60000000 getLine",
    "f :: a -> (a, a)\nf x = (x, x)\nlength (show ((f . f . f . f . f . f . f . f . f . f . f . f . f . f . f) 'x'))\nsum [1 ..]",
])
def test_an_interrupt_ends_whatever_runs_and_keeps_the_context(worker, code):
    worker.run("kept = 5")
    answer = worker.interrupted(code)
    assert answer.done == {"status": "interrupted"} and answer.error == INTERRUPTED
    assert worker.run("kept").value == "5"


def test_an_interrupt_may_be_caught_and_survived(worker):
    worker.run("import Control.Exception\nimport Control.Concurrent")
    answer = worker.interrupted("threadDelay 60000000 `catch` \\e -> putStrLn (\"caught \" ++ show (e :: AsyncException))")
    assert answer.shape == [("stdout", "caught user interrupt\n"), "done"] and answer.done == {"status": "ok"}
    answer = worker.interrupted("threadDelay 60000000 `finally` putStrLn \"tidy\"")
    assert answer.shape == [("stdout", "tidy\n"), "error", "done"] and answer.done == {"status": "interrupted"}


def test_interrupts_between_snippets_and_amid_questions_do_nothing(worker):
    worker.run("kept = 5")
    for _ in range(50):
        worker.interrupt()
        assert worker.run("kept").value == "5"
        worker.interrupt()
        assert worker.check("x = 1") == ("complete", "")


def test_an_interrupt_before_the_first_snippet_does_nothing(worker):
    for _ in range(5):
        worker.interrupt()
        time.sleep(0.01)  # else they are one signal to the system
    assert worker.run("6 * 7").value == "42"


def test_interrupts_at_random_moments_never_cost_the_context(worker):
    worker.run("kept = 41")
    runs = worker.interrupted_at_random(
        lambda turn: f"v{turn} = length (show (sum [1 .. 20000]))\ndata D{turn} = D{turn} deriving Show\nprint v{turn}\nD{turn}", 0.05, times=150)
    assert "interrupted" in statuses(runs)
    assert worker.run("data Z = Z deriving Show\n(kept, Z)").value == "(41,Z)"


def test_a_snippets_own_handler_holds_for_that_snippet(worker):
    worker.run("import System.Posix.Signals\nimport Control.Concurrent")
    answer = worker.interrupted("installHandler sigINT (Catch (putStrLn \"mine\")) Nothing\n"
                                "threadDelay 500000\nputStrLn \"after\"")
    assert answer.out == "mine\nafter\n" and answer.done == {"status": "ok"}
    assert worker.interrupted("threadDelay 60000000").done == {"status": "interrupted"}


def test_output_stands_before_the_frames_behind_it(worker):
    assert worker.run("putStr \"half\"\n3").shape == [("stdout", "half"), "result", "done"]
    assert worker.run("putStr \"half\"\nerror \"e\"").shape == [("stdout", "half"), "error", "done"]
    worker.run("import System.IO\nhSetBuffering stdout (BlockBuffering Nothing)")
    assert worker.run("putStrLn \"kept back\"\n3").shape == [("stdout", "kept back\n"), "result", "done"]
    assert len(worker.run("mapM_ print [1 .. 100000 :: Int]").out) == 588895


def test_each_run_reads_its_own_input(worker):
    worker.start("getLine")
    worker.type("first\nbehind\n")
    assert worker.wait().value == '"first"'
    worker.start("x <- getLine\nx")
    worker.type("second\n")
    assert worker.wait().value == '"second"'


def test_input_read_lazily_to_its_end_is_there_again_for_the_next_run(worker):
    worker.start("interact (map succ)")
    worker.type("abc")
    worker.end_input()
    assert worker.wait().out == "bcd"
    worker.fresh_input()
    worker.start("import System.IO\nhSetBuffering stdin NoBuffering\ngetChar")
    worker.type("xyz")
    assert worker.wait().value == "'x'"
    assert worker.run("hGetBuffering stdin").value == "NoBuffering"
    worker.start("isEOF")
    worker.end_input()
    assert worker.wait().value == "True"
    worker.fresh_input()
    worker.start("getLine")
    worker.type("again\n")
    assert worker.wait().value == '"again"'


def test_standard_handles_that_were_closed_are_open_again(worker):
    assert worker.run("import System.IO\nhClose stdout\nhClose stderr\nhClose stdin\n3").value == "3"
    assert worker.run("putStrLn \"out\" >> hPutStrLn stderr \"err\"").shape == [("stdout", "out\n"), ("stderr", "err\n"), "done"]
    worker.start("getLine")
    worker.type("in\n")
    assert worker.wait().value == '"in"'


def test_a_thread_that_waits_for_input_does_not_hold_up_the_worker(worker):
    worker.run("import Control.Concurrent\nm <- newEmptyMVar :: IO (MVar String)\nforkIO (getLine >>= putMVar m)")
    assert worker.run("3").value == "3"
    worker.start("takeMVar m")
    worker.type("late\n")
    assert worker.wait().value == '"late"'


def test_threads_go_on_between_snippets(worker):
    worker.run("import Control.Concurrent\nimport Control.Monad\nn <- newMVar 0\n"
               "t <- forkIO (forever (modifyMVar_ n (pure . (+ 1)) >> threadDelay 1000))")
    first = int(worker.run("readMVar n").value)
    end = time.monotonic() + SECONDS  # time is what the thread needs
    while int(worker.run("readMVar n").value) == first:
        assert time.monotonic() < end
    assert worker.run("killThread t").done == {"status": "ok"}


def test_merged_output_comes_as_stdout_in_true_order(worker):
    code = ("import System.IO\nimport System.Process\nimport qualified Data.ByteString.Char8 as B\n"
            "putStr \"a\" >> hPutStr stderr \"b\" >> putStr \"c\"\n"
            "B.hPutStr stderr (B.pack \"d\") >> putStr \"e\" >> hFlush stdout\ncallCommand \"echo f >&2\"\nputStrLn \"g\"")
    assert worker.run(code, merge=1).shape == [("stdout", "abcdef\ng\n"), "done"]
    assert worker.run("hPutStr stderr \"apart\"").shape == [("stderr", "apart"), "done"]
    assert worker.run("callCommand \"echo apart >&2\"").err == "apart\n"


@pytest.mark.parametrize("code", [
    "error \"e\"", "exitWith (ExitFailure 3)", "x = = 1", "hClose stderr", "raiseSignal sigINT >> threadDelay 1000000"])
def test_a_merged_run_leaves_two_streams_however_it_ends(worker, code):
    worker.run("import System.IO\nimport System.Exit\nimport System.Posix.Signals\nimport Control.Concurrent\nimport System.Process")
    worker.run(code, merge=1)
    assert worker.run("hPutStrLn stderr \"y\"").shape == [("stderr", "y\n"), "done"]
    assert worker.run("callCommand \"echo z >&2; ls /proc/self/fd | wc -l\"").shape in (
        [("stdout", "4\n"), ("stderr", "z\n"), "done"], [("stderr", "z\n"), ("stdout", "4\n"), "done"])


def test_children_inherit_neither_requests_nor_replies_and_the_first_file_is_3(worker):
    assert worker.run("import System.Process\ncallCommand \"ls /proc/self/fd\"").out == "0\n1\n2\n3\n"
    assert worker.run("import System.Posix.IO\nopenFd \"/dev/null\" ReadOnly Nothing defaultFileFlags").value == "3"


def test_a_forked_process_that_ends_leaves_with_its_status(worker):
    code = ("import System.Posix.Process\nimport System.Exit\n"
            "child <- forkProcess (putStrLn \"child\" >> exitWith (ExitFailure 4))\ngetProcessStatus True False child")
    answer = worker.run(code)
    assert answer.out == "child\n" and answer.value == "Just (Exited (ExitFailure 4))"
    assert worker.run("1").value == "1"


@pytest.mark.parametrize("code, start, some", [
    ("putS", 0, {"putStr": "function", "putStrLn": "function"}), ("x = ma", 4, {"map": "function", "main": None}),
    ("Jus", 0, {"Just": "constructor"}), ("f :: Sho", 5, {"Show": "class", "ShowS": "type"}),
    ("M.ins", 0, {"M.insert": "function"}),
    ("foldr M.insertW", 6, {"M.insertWith": "function"}), ("show.putSt", 5, {"putStr": "function"}),
    ("import Data.Ma", 7, {"Data.Map": "module", "Data.Maybe": "module"}),
    ("import qua", 7, {"qualified": "keyword"}), ("my_", 0, {"my_fun": "function", "my_value": "variable"}),
    ("MyC", 0, {"MyCon": "constructor"}),
    (":set -XLambdaC", 7, {"LambdaCase": "extension"}), ("{-# LANGUAGE Tup", 13, {"TupleSections": "extension"}),
    (":ty", 0, {":type": "command"}),
    ("whe", 0, {"where": "keyword"}), ("-- putS", 3, {}), ("\"putS", 1, {}), ("é = putS", 5, {"putStrLn": "function"}),
    ("nope_nope", 0, {}), ("1", 0, {}),
    ("print ", 6, {}), ("putStrLn \"é\"\nmy_v", 14, {"my_value": "variable"}),
])
def test_completion_knows_what_stands_before_the_cursor(worker, code, start, some):
    worker.run("import qualified Data.Map as M\nmy_fun x = x\nmy_value = 'v'\ndata MyCon = MyCon")
    found, end, items = worker.complete(code)
    assert (found, end) == (start, len(code.encode())) or not items and some == {}
    assert {name: items.get(name) for name in some} == some and (some or not items)
    assert not [name for name in items if " " in name]


@pytest.mark.parametrize("code, text", [
    ("map", "map :: (a -> b) -> [a] -> [b]"), ("foldr (+", "type Num :: * -> Constraint"), ("Maybe", "type Maybe :: * -> *"),
    ("my_fun", "my_fun :: p -> p"),
    ("x = M.insert", "M.insert :: Ord k"), ("nope", None), ("\"map", None), ("", None), ("Just", "data Maybe a"),
])
def test_inspection_tells_what_a_name_is(worker, code, text):
    worker.run("import qualified Data.Map as M\nmy_fun x = x")
    found = worker.inspect(code)
    assert found is None if text is None else text in found
    if code == "Maybe":
        assert "instance Functor Maybe" in worker.inspect(code, 1) and "instance" not in found


@pytest.mark.parametrize("code, state, indent", [
    ("", "complete", ""), ("x = 1", "complete", ""), ("f x =", "incomplete", "  "), ("main = do", "incomplete", "  "),
    ("case x of", "incomplete", "  "),
    ("main = do\n  print 1", "incomplete", "  "), ("main = do\n  print 1\n", "complete", ""),
    ("f x = y\n  where", "incomplete", "    "),
    ("class C a where", "incomplete", "  "), ("x = = 1", "invalid", ""), ("[1,", "incomplete", "  "),
    ("(1 +", "incomplete", "  "), ("1 + 2)", "invalid", ""),
    ("{- begun", "incomplete", ""), ("\"begun", "invalid", ""), ("f :: Int -> Int", "incomplete", ""),
    ("print :: Int -> IO ()", "complete", ""),
    ("if True", "incomplete", "  "), ("if True then 1 else", "incomplete", "  "), ("let", "incomplete", "  "),
    ("let x = 1", "complete", ""),
    ("import Data.List", "complete", ""), ("import", "incomplete", "  "), (":t map", "complete", ""),
    ("-- only", "complete", ""), ("module M where", "incomplete", "  "),
    ("\\case\n  1 -> 2", "invalid", ""), ("{-# LANGUAGE LambdaCase #-}\nf = \\case\n  1 -> 2\n", "complete", ""),
    ("x <- getLine", "complete", ""),
    ("x =\n  1 + 2", "complete", ""), ("x = 1\ny = = 2\nz = 3", "invalid", ""),
])
def test_the_check_tells_what_enter_should_do(worker, code, state, indent):
    assert worker.check(code) == (state, indent)


def test_questions_run_no_code_and_leave_no_trace(worker):
    worker.run("import System.IO.Unsafe\nloud = unsafePerformIO (putStrLn \"ran\") `seq` (1 :: Int)")
    assert worker.complete("lou")[2] == {"loud": "variable"} and worker.inspect("loud").startswith("loud ::")
    assert worker.check("{-# LANGUAGE LambdaCase #-}\nx = 1") == ("complete", "")
    assert worker.run("\\case { 1 -> 2 }").error[0] == "ParseError"


def test_a_signal_handlers_default_is_given_to_children(worker):
    answer = worker.interrupted("import System.Process\n(code, _, _) <- readProcessWithExitCode \"sleep\" [\"100\"] \"\"\ncode")
    assert answer.done["status"] in ("interrupted", "ok")


def test_a_worker_at_rest_does_not_turn(worker):
    worker.run("1")
    time.sleep(1.0)  # until the runtime has nothing to do any more

    def switches():
        return sum(int(line.split()[1]) for line in open(f"/proc/{worker.pid}/status") if "ctxt_switches" in line)
    before = switches()
    time.sleep(0.5)
    assert switches() - before < 20
