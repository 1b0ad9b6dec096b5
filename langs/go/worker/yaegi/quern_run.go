// SPDX-License-Identifier: Apache-2.0

// Package interp is yaegi's, and this file is added to it: runs that can be ended and told apart, panics that know where
// they came from, goroutines that cannot take the process with them. See ../overlay.cmake.
package interp

import (
	"context"
	"reflect"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"unsafe"
)

// deepest is how far interpreted functions may call each other before Go's own stack would end the process.
const deepest = 100000

// Run is one execution, with all goroutines that it starts. Ended, none of its interpreted code goes on.
type Run struct {
	over   uint32
	done   chan struct{}
	Failed chan *Fault // what a goroutine of the run died of
	Exited chan int    // the status with which it has asked to end
}

// work is what a frame inherits from its caller.
type work struct {
	run   *Run
	depth int
}

// NewRun makes a run that Begin can start.
func NewRun() *Run {
	return &Run{done: make(chan struct{}), Failed: make(chan *Fault, 1), Exited: make(chan int, 1)}
}

// End lets no interpreted code of the run take another step. Operations on channels return; compiled code does not.
func (r *Run) End() {
	if atomic.CompareAndSwapUint32(&r.over, 0, 1) {
		close(r.done)
	}
}

// Exit ends the run that the present goroutine belongs to, and the goroutine. No interpreted code of it comes after.
func (interp *Interpreter) Exit(status int) {
	r := interp.current()
	if !r.ended() {
		select {
		case r.Exited <- status:
		default: // it exits already
		}
		r.End()
	}
	runtime.Goexit()
}

// current is the present goroutine's run, else the one that is going on.
func (interp *Interpreter) current() *Run {
	if r := running(); r != nil {
		return r
	}
	interp.mutex.RLock()
	defer interp.mutex.RUnlock()
	return interp.frame.run
}

func (r *Run) ended() bool { return r != nil && atomic.LoadUint32(&r.over) != 0 }

// The label by which a goroutine, and what it starts in compiled code, is known to be of a run.
var (
	labelled sync.Map // the label's address: *Run
	ownLabel = func(r *Run) context.Context {
		return pprof.WithLabels(context.Background(), pprof.Labels("quern", "run"))
	}
)

//go:linkname labelOf runtime/pprof.runtime_getProfLabel
func labelOf() unsafe.Pointer

// Do calls work in a goroutine of its own, as the run, and closes the channel that it returns at the end.
func (interp *Interpreter) Do(r *Run, work func()) <-chan struct{} {
	interp.mutex.Lock()
	interp.done = r.done
	interp.cancelChan = true
	interp.frame.run = r
	interp.mutex.Unlock()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		pprof.SetGoroutineLabels(ownLabel(r))
		labelled.Store(labelOf(), r)
		work()
	}()
	return finished
}

// running is the run that the present goroutine belongs to, if any.
func running() *Run {
	if label := labelOf(); label != nil {
		if r, ok := labelled.Load(label); ok {
			return r.(*Run)
		}
	}
	return nil
}

// calledBy makes a new frame part of what its caller does.
func (f *frame) calledBy(caller *frame) {
	f.run, f.depth = caller.run, caller.depth+1
	f.done = caller.done
}

// calledFromOutside does so for a frame that compiled code is about to run. A run that has ended ends here for good.
func (f *frame) calledFromOutside(interp *Interpreter) {
	r := interp.current()
	if r.ended() {
		runtime.Goexit()
	}
	f.run, f.depth = r, f.depth+1
	if r != nil {
		f.done = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.done)}
	}
}

// guarded is a goroutine of interpreted code: it tells its run of a panic instead of ending the process.
func guarded(f *frame, body func()) {
	defer func() {
		if fault := FaultOf(recover()); fault != nil && !f.run.ended() {
			fault.Goroutine = true
			select {
			case f.run.Failed <- fault:
			default: // the run fails of another already
			}
		}
	}()
	body()
}

// runCfg runs a function's code from node n on, then what it has deferred. A panic goes on from here only when the stack
// below is gone: else the panics of a deep recursion would pile up on it.
func runCfg(n *node, f *frame, funcNode, callNode *node) {
	if panicked := f.runBody(n, funcNode); panicked != nil {
		panic(panicked)
	}
}

func (f *frame) runBody(n, funcNode *node) (panicked interface{}) {
	exec := n.exec
	defer func() {
		recovered := recover()
		if f.run.ended() {
			return // like a process that a signal ends: nothing deferred is run
		}
		if recovered != nil {
			f.recovered = faultAt(recovered, n, exec, funcNode)
		}
		for len(f.deferred) > 0 {
			call := f.deferred[0]
			f.deferred = f.deferred[1:]
			f.runDeferred(call)
		}
		panicked = f.recovered
	}()
	if f.depth > deepest {
		panic(StackOverflow{})
	}
	for exec != nil && !f.run.ended() {
		exec = exec(f)
	}
	return nil
}

func (f *frame) runDeferred(call []reflect.Value) {
	defer func() {
		if panicked := recover(); panicked != nil {
			f.recovered = FaultOf(panicked)
		}
	}()
	call[0].Call(call[1:])
}

// copied are values as they are now, not the variables that they were read from.
func copied(values []reflect.Value) []reflect.Value {
	now := make([]reflect.Value, len(values))
	for i, v := range values {
		if now[i] = v; v.IsValid() && v.CanAddr() {
			now[i] = reflect.New(v.Type()).Elem()
			now[i].Set(v)
		}
	}
	return now
}
