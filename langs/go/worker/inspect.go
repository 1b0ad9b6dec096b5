// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func (w *worker) inspect(r *request) error {
	code := r.parts["code"]
	cursor, err := strconv.Atoi(r.attributes["cursor"])
	if err != nil || cursor > len(code) {
		cursor = len(code)
	}
	if text := w.session.describe(code, cursor, r.attributes["detail"] == "1"); text != "" {
		if err := w.daemon.send("found", "", part{"text/plain", text}); err != nil {
			return err
		}
	}
	return w.daemon.send("done", "status=ok")
}

// describe tells what the name at the cursor, or before the bracket behind which it stands, is.
func (s *session) describe(code string, cursor int, detail bool) string {
	start, end := wordAt(code, cursor)
	if start == end {
		before := strings.TrimRight(code[:cursor], "( \t")
		start, end = wordAt(code, len(before))
		if start == end {
			return ""
		}
	}
	if inText(code[:start]) {
		return ""
	}
	name := code[start:end]
	a := s.look(code[:start], name)
	if object := a.object(); object != nil {
		return a.describeObject(object, detail)
	}
	if path := s.library.paths[name]; path != "" && (a.of == nil) {
		if pkg, err := s.library.Import(path); err == nil {
			return s.describePackage(pkg)
		}
	}
	return ""
}

func byName(pkg *types.Package) string {
	if pkg.Path() == "main" {
		return ""
	}
	return pkg.Name()
}

func (a *asked) describeObject(object types.Object, detail bool) string {
	if name, ok := object.(*types.PkgName); ok {
		return a.session.describePackage(name.Imported())
	}
	text := types.ObjectString(object, byName)
	if constant, ok := object.(*types.Const); ok {
		text += " = " + constant.Val().String()
	}
	doc, source := a.words(object)
	if doc != "" {
		text += "\n\n" + doc
	}
	if detail && source != "" {
		text += "\n\n" + source
	}
	return text
}

func (s *session) describePackage(pkg *types.Package) string {
	text := "package " + pkg.Name() + " // import \"" + pkg.Path() + "\""
	names, _ := filepath.Glob(filepath.Join(s.library.root, "src", pkg.Path(), "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && file.Doc != nil && file.Name.Name == pkg.Name() {
			return text + "\n\n" + strings.TrimSpace(file.Doc.Text())
		}
	}
	return text
}

// words are an object's comment and its source: of the context's own what was written, of the library's what is in its files.
func (a *asked) words(object types.Object) (doc, source string) {
	if object.Pkg() == nil {
		return "", ""
	}
	if object.Pkg() == a.pkg {
		if e := a.session.byName[nameOf(object, a.pkg)]; e != nil && !e.isVar {
			return e.doc, e.text
		}
		return "", ""
	}
	return a.session.library.words(object)
}

func (l *library) words(object types.Object) (doc, source string) {
	at := l.files.Position(object.Pos())
	path := strings.Replace(at.Filename, "$GOROOT", l.root, 1)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "" // the sources are a package of their own
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return "", ""
	}
	line := func(n ast.Node) int { return files.Position(n.Pos()).Line }
	cut := func(n ast.Node) string {
		return string(text[files.Position(n.Pos()).Offset:files.Position(n.End()).Offset])
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch k := n.(type) {
		case *ast.FuncDecl:
			if line(k.Name) == at.Line && k.Name.Name == object.Name() {
				doc, source = k.Doc.Text(), cut(k)
			}
		case *ast.GenDecl:
			for _, spec := range k.Specs {
				for _, ident := range namesOf(spec) {
					if line(ident) == at.Line && ident.Name == object.Name() {
						doc, source = specDoc(k, spec), cut(spec)
					}
				}
			}
		case *ast.Field:
			for _, ident := range k.Names {
				if line(ident) == at.Line && ident.Name == object.Name() {
					if doc, source = k.Doc.Text(), cut(k); doc == "" {
						doc = k.Comment.Text()
					}
				}
			}
		}
		return true
	})
	return strings.TrimSpace(doc), source
}

func namesOf(spec ast.Spec) []*ast.Ident {
	switch k := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{k.Name}
	case *ast.ValueSpec:
		return k.Names
	}
	return nil
}

// specDoc is the comment of one of a group, else the group's.
func specDoc(group *ast.GenDecl, spec ast.Spec) string {
	var own, behind *ast.CommentGroup
	switch k := spec.(type) {
	case *ast.TypeSpec:
		own, behind = k.Doc, k.Comment
	case *ast.ValueSpec:
		own, behind = k.Doc, k.Comment
	}
	for _, comment := range []*ast.CommentGroup{own, behind, group.Doc} {
		if comment != nil {
			return comment.Text()
		}
	}
	return ""
}
