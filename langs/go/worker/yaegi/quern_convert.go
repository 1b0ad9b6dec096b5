// SPDX-License-Identifier: Apache-2.0

package interp

import "reflect"

var errorType = reflect.TypeOf((*error)(nil)).Elem()

// An error of an interpreted type with more methods than Error is wrapped with those by which package errors follows it.
type (
	_unwrapError struct {
		IValue  interface{}
		WError  func() string
		WUnwrap func() error
	}
	_isError struct {
		IValue interface{}
		WError func() string
		WIs    func(error) bool
	}
)

func (w _unwrapError) Error() string    { return w.WError() }
func (w _unwrapError) Unwrap() error    { return w.WUnwrap() }
func (w _isError) Error() string        { return w.WError() }
func (w _isError) Is(target error) bool { return w.WIs(target) }

// useErrors makes the wrappers known.
func (interp *Interpreter) UseErrors() {
	interp.mapTypes[interp.binPkg[""]["_error"]] = []reflect.Type{reflect.TypeOf(_unwrapError{}), reflect.TypeOf(_isError{})}
}

// Inner is the interpreted value that compiled code got wrapped, or the value itself.
func Inner(v interface{}) interface{} {
	for {
		of := reflect.ValueOf(v)
		if of.Kind() != reflect.Struct || of.NumField() == 0 || of.Type().Field(0).Name != "IValue" || of.Field(0).IsNil() {
			return v
		}
		v = of.Field(0).Interface()
	}
}

// getBinValue is an argument for a compiled function: the value in an interpreted interface, with its methods where the
// function looks for them.
func getBinValue(getMapType func(*itype) reflect.Type, value func(*frame) reflect.Value, f *frame) reflect.Value {
	v := value(f)
	if !v.IsValid() || !v.CanInterface() {
		return v
	}
	vi, ok := v.Interface().(valueInterface)
	if !ok || vi.node == nil || vi.node.typ == nil || !vi.value.IsValid() {
		return v
	}
	if getMapType != nil {
		if rt := getMapType(vi.node.typ); rt != nil {
			return vi.wrapped(rt, f)
		}
	}
	if v.Kind() != reflect.Interface {
		return v
	}
	if method, _ := vi.node.typ.lookupMethod("Error"); method != nil {
		return vi.wrapped(errorType, f)
	}
	return vi.value
}

// within is the value of that type that an interface holds, where it is not held as it is: wrapped for compiled code, or
// with its interpreted type. With an interface for a type, it is what fits that.
func within(held reflect.Value, typ *itype, of reflect.Type, f *frame) reflect.Value {
	if !held.IsValid() || held.Kind() != reflect.Struct || held.NumField() == 0 || !held.CanInterface() {
		return reflect.Value{}
	}
	if vi, ok := held.Interface().(valueInterface); ok {
		if vi.node != nil && vi.value.IsValid() && vi.node.typ != nil && vi.node.typ.id() == typ.id() {
			return vi.value
		}
		return vi.as(typ, f)
	}
	if held.Type().Field(0).Name != "IValue" {
		return reflect.Value{}
	}
	if inner := held.Field(0).Elem(); inner.IsValid() && inner.Type() == of {
		return inner
	}
	return reflect.Value{}
}

// as is a value of an interpreted type as that compiled interface, if its type has the methods.
func (vi valueInterface) as(typ *itype, f *frame) reflect.Value {
	if vi.node == nil || vi.node.typ == nil || !isInterfaceBin(typ) || !vi.value.IsValid() {
		return reflect.Value{}
	}
	wanted := typ.TypeOf()
	for i := 0; i < wanted.NumMethod(); i++ {
		if method, _ := vi.node.typ.lookupMethod(wanted.Method(i).Name); method == nil {
			return reflect.Value{}
		}
	}
	return vi.wrapped(wanted, f)
}

func (vi valueInterface) wrapped(as reflect.Type, f *frame) reflect.Value {
	holder := *vi.node
	holder.rval = vi.value
	holder.findex = notInFrame
	return genInterfaceWrapper(&holder, as)(f)
}
