// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// Descriptor 0 is one pipe for the whole life of the context. A goroutine that is blocked in a read of it when its run is
// interrupted would take the next run's input; Go has no way to call it off. But a read that a signal comes into is begun
// again by the kernel, and then looks at descriptor 0 anew: if that is the null device by then, it is the end of input.
type input struct {
	pipe, null int
}

func openInput() (*input, error) {
	pipe, err := syscall.Open("/dev/null", syscall.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	null, err := duplicate(pipe)
	syscall.Close(pipe)
	if err != nil {
		return nil, err
	}
	pipe, err = duplicate(0)
	return &input{pipe, null}, err
}

// duplicate makes a descriptor out of the way of the user's, and of no child's.
func duplicate(fd int) (int, error) {
	high, _, fault := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 900)
	if fault != 0 {
		high, _, fault = syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 10)
	}
	if fault != 0 {
		return -1, fault
	}
	return int(high), nil
}

// cut makes every blocked read of descriptor 0 return, at the end of input, and keeps it so until restore.
func (i *input) cut() {
	if syscall.Dup2(i.null, 0) != nil {
		return
	}
	for tries := 0; tries < 50; tries++ {
		blocked := readers()
		if len(blocked) == 0 {
			return
		}
		for _, thread := range blocked {
			syscall.Tgkill(os.Getpid(), thread, syscall.SIGURG)
		}
		time.Sleep(time.Millisecond)
	}
}

func (i *input) restore() { syscall.Dup2(i.pipe, 0) }

// refuse makes descriptor 0 one that has nothing to read, for a run without input.
func (i *input) refuse() { syscall.Dup2(i.null, 0) }

// readers are this process's threads that are in a read of descriptor 0.
func readers() (threads []int) {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		call, err := os.ReadFile("/proc/self/task/" + entry.Name() + "/syscall")
		if err == nil && strings.HasPrefix(string(call), fmt.Sprintf("%d 0x0 ", syscall.SYS_READ)) {
			var thread int
			fmt.Sscan(entry.Name(), &thread)
			threads = append(threads, thread)
		}
	}
	return threads
}
