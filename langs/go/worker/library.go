// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/traefik/yaegi/stdlib"
	"github.com/traefik/yaegi/stdlib/syscall"
	"github.com/traefik/yaegi/stdlib/unrestricted"
)

// The library is Go's own packages, as the toolchain that built the worker has compiled them: only its description is read
// from there. (The go of PATH may be another one, for batch.)
type library struct {
	root     string
	files    *token.FileSet
	compiled types.Importer
	paths    map[string]string // a package's name: its import path
}

func newLibrary() *library {
	l := &library{runtime.GOROOT(), token.NewFileSet(), nil, map[string]string{}}
	if strings.HasPrefix(builtWith, "/") {
		l.root = builtWith
	}
	l.compiled = importer.ForCompiler(l.files, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(l.root, "pkg", runtime.GOOS+"_"+runtime.GOARCH, path+".a"))
	})
	for _, key := range packageKeys() {
		at, name := path.Split(key)
		at = strings.TrimSuffix(at, "/")
		if strings.Contains(at, ".") || at == "" {
			continue
		}
		// Of two packages with one name the usual one: math/rand, text/template, net/http/pprof and the shorter path.
		if other, ok := l.paths[name]; !ok || preferred(at, other) {
			l.paths[name] = at
		}
	}
	return l
}

func preferred(path, other string) bool {
	rank := func(p string) int {
		switch p {
		case "math/rand", "text/template", "go/scanner", "runtime/pprof":
			return 0
		}
		return len(p)
	}
	return rank(path) < rank(other)
}

// packageKeys are all packages that the interpreter has, as path/name.
func packageKeys() (keys []string) {
	for _, table := range []map[string]map[string]reflect.Value{stdlib.Symbols, syscall.Symbols, unrestricted.Symbols} {
		for key := range table {
			keys = append(keys, key)
		}
	}
	return keys
}

func (l *library) knows(path string) bool {
	key := path + "/" + lastOf(path)
	return stdlib.Symbols[key] != nil || unrestricted.Symbols[key] != nil || syscall.Symbols[key] != nil
}

func lastOf(p string) string { return path.Base(p) }

// Import is what go/types asks for a package's description.
func (l *library) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if path == ownPath {
		return ownPackage(), nil
	}
	if !l.knows(path) {
		return nil, fmt.Errorf("a snippet can only import packages of Go's own library; run code with others as a program, in batch mode")
	}
	return l.compiled.Import(path)
}
