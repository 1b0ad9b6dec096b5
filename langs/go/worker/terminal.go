// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// terminal is the language's own prompt, which Go has not: snippets are typed, a line at a time, until one is whole.
func terminal() error {
	in, err := openInput()
	if err != nil {
		return err
	}
	os.Args = []string{"main"}
	w := &worker{input: in, session: newSession()}
	// The worker's own reader, beside what a snippet may read of the same terminal.
	lines := bufio.NewReader(byteReader{})
	code := ""
	for {
		if code == "" {
			fmt.Print("go> ")
		} else {
			fmt.Print("... ")
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			fmt.Println()
			if err == io.EOF {
				return nil
			}
			return err
		}
		code += line
		if state, _ := judge(code); state == "incomplete" && strings.TrimSpace(line) != "" {
			continue
		}
		if status, ended := w.typed(code); ended {
			os.Exit(status)
		}
		code = ""
	}
}

// byteReader reads no more than the line: what is behind it may be a snippet's input.
type byteReader struct{}

func (byteReader) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return os.Stdin.Read(p)
}

// typed runs a snippet and prints what came of it; true when it asked to leave.
func (w *worker) typed(code string) (int, bool) {
	dropInterrupts()
	o := w.execute(code)
	dropHandlers()
	if o.exit >= 0 {
		return o.exit, true
	}
	if o.failure != nil {
		fmt.Fprintln(os.Stderr, strings.Join(o.failure.traceback, "\n"))
	} else if w.session.shown != nil {
		fmt.Println(w.session.shown.text)
	}
	w.session.shown = nil
	return 0, false
}
