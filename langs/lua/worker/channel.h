// SPDX-License-Identifier: Apache-2.0
//
// The worker's side of the worker contract (langs/WORKER.md): requests in, replies out, one frame
// at a time.
//
// Owns both descriptors, moved high and closed to children. A frame is written whole. Knows nothing
// of Lua.
#pragma once

#include <stddef.h>

struct text {
  const char* data;
  size_t size;
};

// One request. What it points to lives until the next is read.
struct request {
  char kind[32];
  struct text code, arguments, traceparent;
  int has_arguments, has_traceparent;
  int no_input, silent, merge, detail;
  size_t cursor;
};

void channel_open(int requests, int replies);

// 0 at the end of requests.
int channel_read(struct request* request);

// A frame is begun by its kind and attributes, gets its parts, and is then sent, behind what stdout
// and stderr have buffered.
void frame_begin(const char* format, ...) __attribute__((format(printf, 1, 2)));
void frame_part(const char* name, const char* data,
                size_t size);  // bytes that are no UTF-8 become U+FFFD
void frame_send(void);
