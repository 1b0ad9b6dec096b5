# SPDX-License-Identifier: Apache-2.0
"""Programs of many languages that ask `name? ` and echo the answer, each in its own way, and programs that ask nothing.

A program is (what it needs, the name of its file, its code, how it is built, how it is executed)."""
C = ("gcc", "ask.c")
STATIC = "gcc -static -pthread -o ask ask.c"
HEAD = "#include <poll.h>\n#include <pthread.h>\n#include <stdio.h>\n#include <sys/select.h>\n#include <unistd.h>\n"
SAY = 'printf("name? "); fflush(stdout); '
GO_BUILD = "GO111MODULE=off go build -o ask ask.go"
RUST = "rustc -C target-feature=+crt-static -o ask ask.rs"


def c(body):
    return (*C, f"{HEAD}int main(void) {{ char b[99] = {{0}}; {SAY}{body} }}\n", STATIC, "./ask")


def python(code):
    return ("python3", "ask.py", code, "", "/usr/bin/python3 ask.py")


def node(code):
    return ("node", "ask.js", code, "", "node ask.js")


def java(body):
    return ("javac", "Ask.java", "public class Ask { public static void main(String[] a) throws Exception { %s } }\n" % body,
            "javac Ask.java", "java -Xshare:auto Ask")


ASKING = {
    "C scanf": c('scanf("%98s", b); puts(b);'),
    "C fgets": c("fgets(b, 99, stdin); puts(b);"),
    "C getchar": c("int one; while ((one = getchar()) != EOF) putchar(one);"),
    "C read": c("(void)!read(0, b, 99); puts(b);"),
    "C poll": c("struct pollfd p = {0, POLLIN, 0}; poll(&p, 1, -1); (void)!read(0, b, 99); puts(b);"),
    "C select": c("fd_set s; FD_ZERO(&s); FD_SET(0, &s); select(1, &s, 0, 0, 0); (void)!read(0, b, 99); puts(b);"),
    "C, a thread that reads a duplicate": (*C, HEAD + """
static int copy;
static void *reader(void *b) { (void)!read(copy, b, 99); return 0; }
int main(void) {
  char b[100] = {0};
  pthread_t thread;
  copy = dup(0);
  close(0);
  printf("name? "); fflush(stdout);
  pthread_create(&thread, 0, reader, b);
  pthread_join(thread, 0);
  puts(b);
}
""", STATIC, "./ask"),
    "C++ cin": ("g++", "ask.cpp", '#include <iostream>\n#include <string>\nint main() { std::string n; std::cout << "name? "; '
                "std::cin >> n; std::cout << n << std::endl; }\n", "g++ -static -o ask ask.cpp", "./ask"),
    "Python input": python("print(input('name? '))\n"),
    "Python readline": python("import sys\nprint('name? ', end='', flush=True)\nprint(sys.stdin.readline())\n"),
    "Python /dev/stdin": python("print('name? ', end='', flush=True)\nprint(open('/dev/stdin').readline())\n"),
    "Python select": python("import select, sys\nprint('name? ', end='', flush=True)\nselect.select([0], [], [])\nprint(sys.stdin.readline())\n"),
    "Python asyncio": python("""
import asyncio, sys
async def main():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print('name? ', end='', flush=True)
    print((await reader.readline()).decode())
asyncio.run(main())
"""),
    "Bash read": ("bash", "ask.sh", "printf 'name? '; read -r n; echo $n", "", "bash ask.sh"),
    "Bash read of a duplicate": ("bash", "ask.sh", "exec 5<&0 0</dev/null; printf 'name? '; read -r -u 5 n; echo $n", "", "bash ask.sh"),
    "head below Bash": ("bash", "ask.sh", "printf 'name? '; head -n 1; true", "", "bash ask.sh"),
    "awk": ("awk", "ask.awk", 'BEGIN { printf "name? "; fflush(); getline n; print n }', "", "awk -f ask.awk"),
    "Perl": ("perl", "ask.pl", '$| = 1; print "name? "; print scalar <STDIN>;', "", "perl ask.pl"),
    "Ruby": ("ruby", "ask.rb", '$stdout.sync = true; print "name? "; puts gets', "", "ruby ask.rb"),
    "Lua": ("lua5.4", "ask.lua", 'io.write("name? "); io.flush(); print(io.read())', "", "lua5.4 ask.lua"),
    "Node readline": node("require('readline').createInterface({input: process.stdin, output: process.stdout})"
                          ".question('name? ', n => { console.log(n); process.exit(); });\n"),
    "Node readSync": node("const fs = require('fs'); process.stdout.write('name? '); const b = Buffer.alloc(99);"
                          " const n = fs.readSync(0, b); console.log(b.toString('utf8', 0, n));\n"),
    "Node on data": node("process.stdout.write('name? '); process.stdin.once('data', d => { console.log(d.toString()); process.exit(); });\n"),
    "Java Scanner": java('System.out.print("name? "); System.out.flush(); System.out.println(new java.util.Scanner(System.in).nextLine());'),
    "Java System.in": java('System.out.print("name? "); System.out.flush(); byte[] b = new byte[99]; int n = System.in.read(b);'
                           " System.out.println(new String(b, 0, n));"),
    "Go fmt.Scan": ("go", "ask.go", 'package main\nimport "fmt"\nfunc main() { var n string; fmt.Print("name? "); fmt.Scan(&n); fmt.Println(n) }\n',
                    GO_BUILD, "./ask"),
    "Go bufio": ("go", "ask.go", 'package main\nimport ("bufio"; "fmt"; "os")\nfunc main() { fmt.Print("name? "); '
                 "n, _ := bufio.NewReader(os.Stdin).ReadString('\\n'); fmt.Println(n) }\n", GO_BUILD, "./ask"),
    "Rust": ("rustc", "ask.rs", 'use std::io::Write;\nfn main() { print!("name? "); std::io::stdout().flush().unwrap(); '
             "let mut n = String::new(); std::io::stdin().read_line(&mut n).unwrap(); println!(\"{}\", n); }\n", RUST, "./ask"),
    "Haskell getLine": ("ghc", "ask.hs", 'import System.IO\nmain = do { hSetBuffering stdout NoBuffering; putStr "name? "; n <- getLine; putStrLn n }\n',
                        "ghc -v0 -o ask ask.hs", "./ask"),
    "Haskell getLine, threaded": ("ghc", "ask.hs", 'import System.IO\nmain = do { hSetBuffering stdout NoBuffering; putStr "name? "; n <- getLine; putStrLn n }\n',
                                  "ghc -v0 -threaded -o ask ask.hs", "./ask"),
    "PHP fgets": ("php", "ask.php", "<?php echo 'name? '; echo fgets(STDIN);", "", "php ask.php"),
    "PHP readline": ("php", "ask.php", "<?php echo 'name? '; echo readline();", "", "php ask.php"),
    "R readLines": ("Rscript", "ask.R", "cat('name? '); flush(stdout()); cat(readLines(file('stdin'), 1), '\\n')", "", "Rscript ask.R"),
}
# Each runs for some time and ends by itself.
SILENT = {
    "a sleep": ("sleep", "x", "", "", "sleep 0.8"),
    "a busy loop": python("import time\nend = time.monotonic() + 0.8\nwhile time.monotonic() < end: pass\n"),
    "a socket's accept": python("import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); s.settimeout(0.8)\n"
                                "try: s.accept()\nexcept TimeoutError: pass\n"),
    "a blocked accept": python("import socket, threading\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
                               "threading.Timer(0.8, lambda: socket.create_connection(s.getsockname())).start()\ns.accept()\n"),
    "a poll of a socket": python("import select, socket\na, b = socket.socketpair()\np = select.poll(); p.register(a, select.POLLIN); p.poll(800)\n"),
    "asyncio.sleep": python("import asyncio\nasyncio.run(asyncio.sleep(0.8))\n"),
    "a pipeline": ("bash", "x.sh", "sleep 0.8 | cat", "", "bash x.sh"),
    "a reader of a named pipe": ("bash", "x.sh", "mkfifo f; (sleep 0.8; echo > f) & cat f", "", "bash x.sh"),
    "a Node timer": node("setTimeout(() => 0, 800);\n"),
    "a Node server": node("const s = require('http').createServer().listen(0, '127.0.0.1'); setTimeout(() => s.close(), 800);\n"),
    "a JVM that starts": java("long end = System.currentTimeMillis() + 300; while (System.currentTimeMillis() < end) { }"),
    "Go, goroutines that sleep": ("go", "ask.go", 'package main\nimport "time"\nfunc main() { for i := 0; i < 20; i++ { go time.Sleep(time.Hour) }; '
                                  "time.Sleep(800 * time.Millisecond) }\n", GO_BUILD, "./ask"),
    "a build": ("bash", "x.sh", "true", "sleep 0.5; cat", "bash x.sh"),
}
