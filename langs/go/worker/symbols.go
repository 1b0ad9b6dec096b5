// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"log"
	"math/bits"
	"os"
	"reflect"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
	"github.com/traefik/yaegi/stdlib/syscall"
	"github.com/traefik/yaegi/stdlib/unrestricted"
	"github.com/traefik/yaegi/stdlib/unsafe"
)

// ownPath is the package that a snippet's last expression is handed to, and what it assigns to the blank name.
const ownPath = "quern"

func ownPackage() *types.Package {
	pkg := types.NewPackage(ownPath, ownPath)
	anything := types.NewSlice(types.NewInterfaceType(nil, nil))
	values := types.NewTuple(types.NewVar(token.NoPos, pkg, "values", anything))
	for _, name := range []string{"Show", "Discard"} {
		pkg.Scope().Insert(types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(nil, nil, nil, values, nil, true)))
	}
	pkg.MarkComplete()
	return pkg
}

// newInterpreter is one with Go's own library, where a snippet reaches the process itself: its streams, arguments and
// variables. Only what would end the worker is another.
func newInterpreter(s *session) *interp.Interpreter {
	i := interp.New(interp.Options{Unrestricted: true, Stdout: os.Stderr}) // print and println write to stderr
	show := reflect.ValueOf(func(values ...interface{}) { s.show(values) })
	showError := reflect.ValueOf(func(err error) {
		if err != nil {
			s.show([]interface{}{err})
		}
	})
	own := interp.Exports{
		ownPath + "/" + ownPath: {"Show": show, "ShowError": showError, "Discard": reflect.ValueOf(func(...interface{}) {})},
		"os/os":                 {"Exit": reflect.ValueOf(i.Exit)},
		"os/signal/signal": {
			"Notify": reflect.ValueOf(notify), "NotifyContext": reflect.ValueOf(notifyContext), "Stop": reflect.ValueOf(stopNotifying),
			"Ignore": reflect.ValueOf(ignoreSignals), "Reset": reflect.ValueOf(resetSignals),
		},
		"log/log": {
			"Fatal":   reflect.ValueOf(func(v ...interface{}) { fatal(i, fmt.Sprint(v...)) }),
			"Fatalf":  reflect.ValueOf(func(format string, v ...interface{}) { fatal(i, fmt.Sprintf(format, v...)) }),
			"Fatalln": reflect.ValueOf(func(v ...interface{}) { fatal(i, fmt.Sprintln(v...)) }),
		},
		"math/bits/bits": {"UintSize": reflect.ValueOf(constant.MakeInt64(bits.UintSize))},
		"errors/errors":  {"Is": reflect.ValueOf(errorIs), "As": reflect.ValueOf(errorAs)},
		".":              {"MapTypes": reflect.ValueOf(methodsLookedFor(show))},
	}
	for _, symbols := range []map[string]map[string]reflect.Value{stdlib.Symbols, syscall.Symbols, unsafe.Symbols, unrestricted.Symbols, own} {
		if err := i.Use(symbols); err != nil {
			panic(err) // the worker's own tables do not fit each other
		}
	}
	i.UseErrors()
	return i
}

// methodsLookedFor are, for compiled functions, the interfaces that they ask their arguments for: those that the
// interpreter knows of, and error wherever Stringer is.
func methodsLookedFor(show reflect.Value) map[reflect.Value][]reflect.Type {
	stringer := reflect.TypeOf((*fmt.Stringer)(nil)).Elem()
	known := map[reflect.Value][]reflect.Type{}
	for function, interfaces := range stdlib.MapTypes {
		for _, one := range interfaces {
			if one == stringer {
				known[function] = append([]reflect.Type{reflect.TypeOf((*error)(nil)).Elem()}, interfaces...)
			}
		}
	}
	known[show] = known[reflect.ValueOf(fmt.Print)]
	return known
}

// errorIs is errors.Is for errors whose types are interpreted.
func errorIs(err, target error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		one, other := interp.Inner(err), interp.Inner(target)
		if one == nil || other == nil {
			return one == other
		}
		if reflect.TypeOf(one) == reflect.TypeOf(other) && reflect.TypeOf(one).Comparable() && one == other {
			return true
		}
		if asked, ok := err.(interface{ Is(error) bool }); ok && asked.Is(target) {
			return true
		}
	}
	return err == target
}

// errorAs is errors.As for errors whose types are interpreted.
func errorAs(err error, target interface{}) bool {
	place := reflect.ValueOf(target)
	if place.Kind() != reflect.Pointer || place.IsNil() {
		panic("errors: target must be a non-nil pointer")
	}
	for wanted := place.Type().Elem(); err != nil; err = errors.Unwrap(err) {
		for _, candidate := range []interface{}{interp.Inner(err), err} {
			if reflect.TypeOf(candidate).AssignableTo(wanted) {
				place.Elem().Set(reflect.ValueOf(candidate))
				return true
			}
		}
		if asked, ok := err.(interface{ As(interface{}) bool }); ok && asked.As(target) {
			return true
		}
	}
	return false
}

func fatal(i *interp.Interpreter, message string) {
	log.Output(3, message)
	i.Exit(1)
}
