// SPDX-License-Identifier: Apache-2.0
//
// The frames of the worker contract: requests read whole, replies written whole. Knows nothing of
// R.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { kMostParts = 64 };

struct Part {
  char name[128];
  const char* data;  // of a request: ended by a NUL that does not count
  size_t size;
};

struct Request {
  char* line;  // owned; cut into words
  const char* kind;
  struct Part parts[kMostParts];
  size_t part_count;
  const char* words[kMostParts];
  size_t word_count;
};

// Takes descriptors 3 and 4 out of the way of user code, which never inherits them.
void frame_open(void);

// Waits for the next request and returns true, or false at the end of requests. `frame_release`
// frees it.
bool frame_read(struct Request* request);
void frame_release(struct Request* request);

// The part of that name, or one of size 0 with data NULL; the attribute of that name, or `missing`.
struct Part frame_part(const struct Request* request, const char* name);
const char* frame_attribute(const struct Request* request, const char* name, const char* missing);

// Writes one frame. `attributes` is empty or words separated by spaces. In a forked child it does
// nothing.
void frame_send(const char* kind, const char* attributes, const struct Part* parts, size_t count);

struct Part frame_text(const char* name, const char* text);

// Whether this process is the worker itself and not a child that a snippet forked.
bool frame_is_home(void);

// Writes all of it, whatever interrupts; false when nobody reads any more.
bool write_all(int fd, const char* data, size_t size);
