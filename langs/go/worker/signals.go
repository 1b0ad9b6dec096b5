// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

// The worker's own ear for SIGINT, and what a snippet has of its own: then the interrupt is the snippet's, until it ends.
var interrupts = make(chan os.Signal, 8)

// mark is a signal of the worker to itself. Signals reach a channel by way of a goroutine, those of a lower number first:
// when the mark has come through, so has each interrupt that was sent before it.
const mark = syscall.Signal(61)

var marks = make(chan os.Signal, 1)

var handlers struct {
	sync.Mutex
	channels map[chan<- os.Signal]bool
}

// The system gives a signal of the whole process to its first thread, where that can take it: it has it then, before it
// reads the request behind it. So the worker's own goroutine stays there.
func init() { runtime.LockOSThread() }

func listenForInterrupts() {
	signal.Notify(interrupts, os.Interrupt)
	signal.Notify(marks, mark)
}

// dropInterrupts forgets those that came when there was nothing to interrupt.
func dropInterrupts() {
	if syscall.Kill(os.Getpid(), mark) == nil {
		<-marks
	}
	for {
		select {
		case <-interrupts:
		default:
			return
		}
	}
}

func forInterrupts(signals []os.Signal) bool {
	for _, s := range signals {
		if s == os.Interrupt || s == syscall.SIGINT {
			return true
		}
	}
	return len(signals) == 0
}

// handled: the snippet itself waits for SIGINT.
func handled() bool {
	handlers.Lock()
	defer handlers.Unlock()
	return len(handlers.channels) > 0
}

func notify(c chan<- os.Signal, signals ...os.Signal) {
	if forInterrupts(signals) {
		handlers.Lock()
		if handlers.channels == nil {
			handlers.channels = map[chan<- os.Signal]bool{}
		}
		handlers.channels[c] = true
		handlers.Unlock()
	}
	signal.Notify(c, signals...)
}

func stopNotifying(c chan<- os.Signal) {
	handlers.Lock()
	delete(handlers.channels, c)
	handlers.Unlock()
	signal.Stop(c)
}

func notifyContext(parent context.Context, signals ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	c := make(chan os.Signal, 1)
	notify(c, signals...)
	go func() {
		select {
		case <-c:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel()
		stopNotifying(c)
	}
}

// ignoreSignals makes the process deaf, the worker included, until the snippet ends.
func ignoreSignals(signals ...os.Signal) { signal.Ignore(signals...) }

func resetSignals(signals ...os.Signal) {
	if forInterrupts(signals) {
		handlers.Lock()
		handlers.channels = nil
		handlers.Unlock()
	}
	signal.Reset(signals...)
	listenForInterrupts()
}

// dropHandlers ends the snippet's own handling of SIGINT with the snippet.
func dropHandlers() {
	handlers.Lock()
	channels := handlers.channels
	handlers.channels = nil
	handlers.Unlock()
	for c := range channels {
		signal.Stop(c)
	}
	listenForInterrupts()
}
