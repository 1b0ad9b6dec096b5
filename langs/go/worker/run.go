// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/traefik/yaegi/interp"
)

// grace is how long an interrupted snippet may take to come back from compiled code before it is left behind.
const grace = 50 * time.Millisecond

type outcome struct {
	failure *failure
	status  string
	exit    int // -1: none asked for
}

// execution is one snippet on its way, shared with the goroutine that runs it.
type execution struct {
	failure   *failure
	compiling int32
}

func (w *worker) run(r *request) error {
	put := w.surroundings(r)
	o := w.execute(r.parts["code"])
	put()
	if w.session.shown != nil && o.failure == nil && o.exit < 0 {
		if err := w.daemon.send("result", "", w.session.shown.parts()...); err != nil {
			return err
		}
	}
	w.session.shown = nil
	if o.failure != nil {
		if err := o.failure.send(w.daemon); err != nil {
			return err
		}
	}
	words := "status=" + o.status
	if o.exit >= 0 {
		words += fmt.Sprintf(" exit=%d", o.exit)
	}
	return w.daemon.send("done", words)
}

// execute compiles and runs a snippet, until it ends, fails, exits or is interrupted.
func (w *worker) execute(code string) outcome {
	s := w.session
	run := interp.NewRun()
	e := &execution{compiling: 1}
	children := reaped()
	finished := s.interpreter.Do(run, func() { e.work(s, code) })
	for {
		select {
		case <-finished:
			if interruptPending(children) {
				return interrupted() // by it a child has died, and so the snippet came to its end
			}
			return e.outcome(s, run)
		case fault := <-run.Failed:
			w.abandon(run, finished)
			return outcome{s.panicFailure(fault), "error", -1}
		case status := <-run.Exited:
			w.abandon(run, finished)
			return left(status)
		case <-interrupts:
			if handled() {
				continue
			}
			run.End()
			for compiling := true; compiling && atomic.LoadInt32(&e.compiling) == 1; {
				select { // the compiler comes to its end, and then nothing is run
				case <-finished:
					compiling = false
				case <-time.After(time.Millisecond):
				}
			}
			w.abandon(run, finished)
			return interrupted()
		}
	}
}

// outcome is that of a run whose first goroutine has come to its end.
func (e *execution) outcome(s *session, run *interp.Run) outcome {
	select {
	case status := <-run.Exited:
		return left(status)
	case fault := <-run.Failed:
		return outcome{s.panicFailure(fault), "error", -1}
	default:
	}
	if e.failure != nil {
		return outcome{e.failure, "error", -1}
	}
	return outcome{nil, "ok", -1}
}

func interrupted() outcome {
	text := "signal: interrupt"
	return outcome{&failure{name: "Interrupt", message: text, runtime: true, traceback: []string{text}}, "interrupted", -1}
}

// left is the outcome of a snippet that has asked to exit.
func left(status int) outcome {
	if status &= 255; status != 0 {
		return outcome{nil, "error", status}
	}
	return outcome{nil, "ok", 0}
}

// abandon ends a run. What is blocked in compiled code is not waited for; it can do no more when it comes back.
func (w *worker) abandon(run *interp.Run, finished <-chan struct{}) {
	run.End()
	w.input.cut()
	defer w.input.restore()
	select {
	case <-finished:
	case <-time.After(grace):
	}
}

// work is the goroutine of a run.
func (e *execution) work(s *session, code string) {
	defer func() {
		if fault := interp.FaultOf(recover()); fault != nil {
			e.failure = s.panicFailure(fault)
			if atomic.LoadInt32(&e.compiling) == 1 {
				e.failure.name, e.failure.message = "CompileError", "the worker could not compile this: "+e.failure.message
			}
		}
	}()
	p, failures := s.prepare(code)
	if failures != nil {
		e.failure = compileFailure(failures, s)
		return
	}
	if e.failure = s.carryOut(p); e.failure != nil {
		return
	}
	if p.study.parsed.statements == nil {
		flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.PanicOnError)
	}
	atomic.StoreInt32(&e.compiling, 0)
	s.interpreter.Call(bodyName)
}

// surroundings gives a run its arguments, trace and streams, and returns what puts them back.
func (w *worker) surroundings(r *request) func() {
	w.input.restore()
	dropInterrupts()
	if words, ok := r.parts["argv"]; ok {
		os.Args = append([]string{"main"}, strings.Split(strings.TrimSuffix(words, "\x00"), "\x00")...)
		if words == "" {
			os.Args = os.Args[:1]
		}
	}
	var back []func()
	if trace, ok := r.parts["traceparent"]; ok {
		former, had := os.LookupEnv("TRACEPARENT")
		os.Setenv("TRACEPARENT", trace)
		back = append(back, func() {
			if os.Getenv("TRACEPARENT") != trace {
				return // the snippet's own
			}
			if had {
				os.Setenv("TRACEPARENT", former)
			} else {
				os.Unsetenv("TRACEPARENT")
			}
		})
	}
	if r.attributes["stdin"] == "none" {
		w.input.refuse()
		back = append(back, w.input.restore)
	}
	if r.attributes["merge"] == "1" {
		if former, err := duplicate(2); err == nil && syscall.Dup2(1, 2) == nil {
			back = append(back, func() {
				if sameFile(1, 2) {
					syscall.Dup2(former, 2)
				}
				syscall.Close(former)
			})
		}
	}
	back = append(back, dropHandlers)
	return func() {
		for i := len(back) - 1; i >= 0; i-- {
			back[i]()
		}
	}
}

func sameFile(a, b int) bool {
	var one, other syscall.Stat_t
	return syscall.Fstat(a, &one) == nil && syscall.Fstat(b, &other) == nil && one.Dev == other.Dev && one.Ino == other.Ino
}

// interruptPending: one has come that is not the snippet's own. Signals reach a channel by way of a goroutine, so that a
// child that dies of the same one may be known of earlier: where one has ended, it is given a moment.
func interruptPending(childrenBefore syscall.Rusage) bool {
	wait := time.NewTimer(5 * time.Millisecond)
	defer wait.Stop()
	if reaped() == childrenBefore {
		runtime.Gosched()
		return len(interrupts) > 0 && !handled()
	}
	select {
	case <-interrupts:
		return !handled()
	case <-wait.C:
		return false
	}
}

// reaped is what children that have ended have used: another, when another has ended.
func reaped() (usage syscall.Rusage) {
	syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage)
	return usage
}
