// SPDX-License-Identifier: Apache-2.0

package main

import "go/types"

// namesIn visits the named types that a type is written with; not what those are made of.
func namesIn(t types.Type, seen map[types.Type]bool, visit func(*types.TypeName)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	in := func(inner types.Type) { namesIn(inner, seen, visit) }
	switch k := t.(type) {
	case *types.Named:
		visit(k.Obj())
		for i := 0; i < k.TypeArgs().Len(); i++ {
			in(k.TypeArgs().At(i))
		}
	case *types.Pointer:
		in(k.Elem())
	case *types.Slice:
		in(k.Elem())
	case *types.Array:
		in(k.Elem())
	case *types.Chan:
		in(k.Elem())
	case *types.Map:
		in(k.Key())
		in(k.Elem())
	case *types.Tuple:
		for i := 0; i < k.Len(); i++ {
			in(k.At(i).Type())
		}
	case *types.Signature:
		in(k.Params())
		in(k.Results())
	case *types.Struct:
		for i := 0; i < k.NumFields(); i++ {
			in(k.Field(i).Type())
		}
	case *types.Interface:
		for i := 0; i < k.NumEmbeddeds(); i++ {
			in(k.EmbeddedType(i))
		}
		for i := 0; i < k.NumExplicitMethods(); i++ {
			in(k.ExplicitMethod(i).Type())
		}
	}
}
