// SPDX-License-Identifier: Apache-2.0

// The worker for Go: an interpreter of Go behind the worker contract of langs/WORKER.md.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
)

// builtWith is the toolchain's folder, set by the build.
var builtWith string

type worker struct {
	daemon  *channel
	session *session
	input   *input
}

func main() {
	listenForInterrupts()
	begin := serve
	if len(os.Args) == 2 && os.Args[1] == "terminal" {
		begin = terminal
	}
	if err := begin(); err != nil {
		fmt.Fprintln(os.Stderr, "quern-go-worker:", err)
		os.Exit(1)
	}
}

func serve() error {
	signal.Ignore(syscall.SIGXFSZ, syscall.SIGPIPE)
	requests, err := duplicate(3)
	if err != nil {
		return fmt.Errorf("descriptors 3 and 4 must be the daemon's, see langs/WORKER.md: %w", err)
	}
	replies, err := duplicate(4)
	if err != nil {
		return fmt.Errorf("descriptors 3 and 4 must be the daemon's, see langs/WORKER.md: %w", err)
	}
	syscall.Close(3)
	syscall.Close(4)
	in, err := openInput()
	if err != nil {
		return err
	}
	os.Args = []string{"main"}
	debug.SetMaxStack(512 << 20)
	w := &worker{input: in, session: newSession()}
	w.daemon = &channel{in: bufio.NewReaderSize(os.NewFile(uintptr(requests), "requests"), 1<<16), out: os.NewFile(uintptr(replies), "replies")}
	if err := w.daemon.send("ready", "version="+strings.TrimPrefix(runtime.Version(), "go"), part{"title", "Go"}); err != nil {
		return err
	}
	for {
		r, err := w.daemon.receive()
		if err != nil {
			return nil // the daemon is done with this worker
		}
		if err := w.answer(r); err != nil {
			return nil
		}
	}
}

func (w *worker) answer(r *request) error {
	switch r.kind {
	case "run":
		return w.run(r)
	case "complete":
		return w.complete(r)
	case "inspect":
		return w.inspect(r)
	case "check":
		return w.check(r)
	}
	if err := w.daemon.send("error", "", part{"message", "The worker for Go does not know the request " + r.kind + "."}); err != nil {
		return err
	}
	return w.daemon.send("done", "status=error")
}
