// SPDX-License-Identifier: Apache-2.0

package interp

import (
	"fmt"
	"strings"
)

// nothingToFix is no package: Go's own library is used as it is.
const nothingToFix = ""

// Call runs an interpreted function of package main that has neither arguments nor results.
func (interp *Interpreter) Call(name string) {
	interp.mutex.RLock()
	sym := interp.scopes[mainID].sym[name]
	interp.mutex.RUnlock()
	interp.run(sym.node, interp.frame)
}

// Forget removes a name of package main, with what a generic of that name was made into; Type.name is a method.
func (interp *Interpreter) Forget(name string) {
	interp.mutex.Lock()
	defer interp.mutex.Unlock()
	sc := interp.scopes[mainID]
	if sc == nil {
		return
	}
	if owner, method, ok := strings.Cut(name, "."); ok {
		if sym := sc.sym[owner]; sym != nil && sym.typ != nil {
			sym.typ.method = without(sym.typ.method, method)
		}
		return
	}
	for known := range sc.sym {
		if known == name || strings.HasPrefix(known, name+"[") {
			delete(sc.sym, known)
		}
	}
}

func without(methods []*node, name string) (left []*node) {
	for _, method := range methods {
		if method.ident != name {
			left = append(left, method)
		}
	}
	return left
}

// Rename keeps a variable of package main under another name.
func (interp *Interpreter) Rename(from, to string) {
	interp.mutex.Lock()
	defer interp.mutex.Unlock()
	sc := interp.scopes[mainID]
	if sym := sc.sym[from]; sym != nil {
		sc.sym[to] = sym
		delete(sc.sym, from)
	}
}

// Define compiles declarations of package main and executes them. Yaegi's own failures become errors.
func (interp *Interpreter) Define(program func() (*Program, error)) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("%v", recovered)
		}
	}()
	defer interp.prune()
	compiled, err := program()
	if err == nil && compiled != nil {
		_, err = interp.Execute(compiled)
	}
	return err
}

// isGenericReceiver: T[P] or T[P, Q], or a pointer to one.
func isGenericReceiver(n *node) bool {
	if n.kind == starExpr {
		n = n.child[0]
	}
	return n.kind == indexExpr || n.kind == indexListExpr
}

// prune lets go of the scopes of code that has been compiled: nothing looks at them again, and they would stay for ever.
func (interp *Interpreter) prune() {
	interp.mutex.Lock()
	defer interp.mutex.Unlock()
	interp.universe.child, interp.roots = nil, nil
	if sc := interp.scopes[mainID]; sc != nil {
		sc.child = nil
	}
}
