// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// A frame is one line of words and the parts that it counts; see langs/WORKER.md.
type request struct {
	kind       string
	attributes map[string]string
	parts      map[string]string
}

type part struct{ name, body string }

// channel is the daemon's side: requests come in on one descriptor, replies go out on another, whole.
type channel struct {
	in   *bufio.Reader
	out  *os.File
	lock sync.Mutex
}

func (c *channel) receive() (*request, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
	r := &request{words[0], map[string]string{}, map[string]string{}}
	for _, word := range words[1:] {
		if name, size, ok := cutLast(word, ":"); ok {
			if count, err := strconv.Atoi(size); err == nil {
				body := make([]byte, count)
				if _, err := io.ReadFull(c.in, body); err != nil {
					return nil, err
				}
				r.parts[name] = string(body)
				continue
			}
		}
		key, value, _ := strings.Cut(word, "=")
		r.attributes[key] = value
	}
	return r, nil
}

// send writes one frame; words are its attributes.
func (c *channel) send(kind, words string, parts ...part) error {
	var frame strings.Builder
	frame.WriteString(kind)
	if words != "" {
		frame.WriteString(" " + words)
	}
	for _, p := range parts {
		fmt.Fprintf(&frame, " %s:%d", p.name, len(p.body))
	}
	frame.WriteByte('\n')
	for _, p := range parts {
		frame.WriteString(p.body)
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	_, err := io.WriteString(c.out, frame.String())
	return err
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
