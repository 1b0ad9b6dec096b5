// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"reflect"
	"strconv"
	"strings"
)

// A value is the last expression's, as text and perhaps as a picture.
type value struct {
	text    string
	picture []byte
}

// longest is how much of a value's text is told.
const longest = 1 << 20

// show is called by interpreted code with the results of the last expression.
func (s *session) show(values []interface{}) {
	var texts []string
	shown := &value{}
	for _, v := range values {
		texts = append(texts, textOfValue(v))
		if picture, ok := v.(image.Image); ok && len(values) == 1 {
			var b bytes.Buffer
			if png.Encode(&b, picture) == nil {
				shown.picture = b.Bytes()
			}
		}
	}
	shown.text = strings.Join(texts, ", ")
	if len(shown.text) > longest {
		shown.text = strings.ToValidUTF8(shown.text[:longest], "") + "…"
	}
	s.shown = shown
}

// textOfValue is a value as Go would write it, where that is short.
func textOfValue(v interface{}) string {
	switch known := v.(type) {
	case nil:
		return "<nil>"
	case error:
		return known.Error()
	case fmt.Stringer:
		return known.String()
	case string:
		return strconv.Quote(known)
	case image.Image:
		return fmt.Sprintf("%T %v", v, known.Bounds())
	}
	of := reflect.ValueOf(v)
	switch of.Kind() {
	case reflect.String:
		return strconv.Quote(of.String())
	case reflect.Func:
		return of.Type().String()
	case reflect.Slice, reflect.Array, reflect.Map:
		if element := of.Type().Elem().Kind(); element == reflect.String {
			return fmt.Sprintf("%q", v)
		}
	}
	return fmt.Sprintf("%+v", v)
}

func (v *value) parts() []part {
	parts := []part{{"text/plain", v.text}}
	if v.picture != nil {
		parts = append(parts, part{"image/png", base64.StdEncoding.EncodeToString(v.picture)})
	}
	return parts
}
