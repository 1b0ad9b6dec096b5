// SPDX-License-Identifier: Apache-2.0

package interp

import (
	"fmt"
	"go/token"
	"reflect"
	"strings"
	"unsafe"
)

// Fault is a panic on its way up, with the places that it has come through, innermost first.
type Fault struct {
	Value     interface{} // as recover() tells it to interpreted code
	Places    []Place
	Goroutine bool          // it has ended a goroutine other than the run's first
	words     func() string // what the value's own interpreted Error or String says
}

// Place is a line of interpreted code within a function.
type Place struct {
	Function string
	Position token.Position
}

// StackOverflow is the panic of functions that call each other without end.
type StackOverflow struct{}

func (StackOverflow) Error() string { return "stack overflow" }
func (StackOverflow) RuntimeError() {}

// Error is for compiled code that catches a panic of interpreted code and prints it.
func (f *Fault) Error() string {
	if text, ok := f.Words(); ok {
		return text
	}
	return fmt.Sprint(f.Value)
}

// Words is what the value says of itself by an interpreted method Error or String, if it has one.
func (f *Fault) Words() (string, bool) {
	if f.words == nil {
		return "", false
	}
	return f.words(), true
}

// newFault is what panic(v) in interpreted code throws. The value of an interpreted type keeps its methods.
func newFault(n *node, v reflect.Value, f *frame) *Fault {
	for v.IsValid() && v.CanInterface() {
		inner, ok := v.Interface().(valueInterface)
		if !ok {
			break
		}
		n, v = inner.node, inner.value
	}
	if !v.IsValid() || !v.CanInterface() {
		return &Fault{}
	}
	fault := &Fault{Value: v.Interface()}
	if n == nil || n.typ == nil || n.typ.cat == valueT {
		return fault
	}
	for _, name := range []string{"Error", "String"} {
		if method, index := n.typ.lookupMethod(name); method != nil {
			fault.Value = valueInterface{n, v}
			fault.words = func() string { return callMethod(method, n, v, index, f) }
			break
		}
	}
	return fault
}

// callMethod calls an interpreted method without arguments that returns a string.
func callMethod(method, n *node, v reflect.Value, index []int, f *frame) string {
	called := *method
	called.recv = &receiver{n, v, index}
	results := genFunctionWrapper(&called)(f).Call(nil)
	if len(results) != 1 || results[0].Kind() != reflect.String {
		return fmt.Sprint(v)
	}
	return results[0].String()
}

// FaultOf is what recover() returned, as a fault; nil if it returned nil.
func FaultOf(recovered interface{}) *Fault {
	if recovered == nil {
		return nil
	}
	if fault, ok := recovered.(*Fault); ok {
		return fault
	}
	return &Fault{Value: asGos(recovered)}
}

// runtimeError is one that Go's own runtime would have raised.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }
func (e runtimeError) RuntimeError() {}

// asGos puts the panics of reflection, by which the interpreter works, as those of compiled code.
func asGos(recovered interface{}) interface{} {
	switch v := recovered.(type) {
	case *reflect.ValueError:
		return runtimeError("invalid memory address or nil pointer dereference")
	case string:
		switch {
		case strings.HasPrefix(v, "reflect: ") && strings.HasSuffix(v, " index out of range"):
			return runtimeError("index out of range")
		case strings.HasPrefix(v, "reflect.Value.Slice") && strings.HasSuffix(v, " out of bounds"):
			return runtimeError("slice bounds out of range")
		}
	}
	return recovered
}

// thrown is what recover() in interpreted code returns: what the user's code has thrown.
func thrown(recovered interface{}) interface{} {
	if fault, ok := recovered.(*Fault); ok {
		return fault.Value
	}
	return recovered
}

// faultAt adds the place where a function was when the panic came by.
func faultAt(panicked interface{}, start *node, exec bltn, function *node) *Fault {
	fault := FaultOf(panicked)
	if len(fault.Places) < 200 {
		at := start
		if found := nodeOf(function, exec); found != nil {
			at = found
		}
		fault.Places = append(fault.Places, Place{functionName(function), at.interp.fset.Position(at.pos)})
	}
	return fault
}

// nodeOf finds the node whose own code was being executed: the very same closure, not only the same kind of one.
func nodeOf(root *node, exec bltn) (found *node) {
	if root == nil || exec == nil {
		return nil
	}
	root.Walk(func(n *node) bool {
		if found == nil && n.exec != nil && identity(n.exec) == identity(exec) {
			found = n
		}
		return found == nil
	}, nil)
	return found
}

func identity(exec bltn) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&exec)) }

// functionName is a function's name as Go's tracebacks have it: main.f, main.T.m, main.f.func1.
func functionName(n *node) string {
	literal := ""
	for ; n != nil; n = n.anc {
		switch n.kind {
		case funcLit:
			literal = ".func1" + literal
		case funcDecl:
			name := n.child[1].ident
			if isMethod(n) {
				receiver := n.child[0].child[0].lastChild()
				for receiver.ident == "" && len(receiver.child) > 0 {
					if receiver.kind == starExpr {
						name = ")." + name
						return "main.(*" + identOf(receiver) + name + literal
					}
					receiver = receiver.child[0]
				}
				name = receiver.ident + "." + name
			}
			return "main." + name + literal
		}
	}
	return "main.main" + literal
}

func identOf(n *node) string {
	for n.ident == "" && len(n.child) > 0 {
		n = n.child[0]
	}
	return n.ident
}
