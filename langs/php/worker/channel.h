// SPDX-License-Identifier: Apache-2.0
//
// The worker's side of the worker contract (langs/WORKER.md): requests in, replies out, one frame
// at a time.
//
// Owns both descriptors, moved high and closed to children, so that a snippet's own first file is
// 3. A frame is written whole. Its memory is malloc's, for it must work when PHP's has run out.
// Never touches descriptors 0, 1 and 2, and knows nothing of PHP.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define FIRST_HIGH 200  // above what a snippet is likely to open; below the usual limit of 1024

typedef struct {
  char* data;
  size_t size, room;
} Buffer;

void buffer_add(Buffer* buffer, const void* data, size_t size);
void buffer_text(Buffer* buffer, const char* text);
__attribute__((format(printf, 2, 3))) void buffer_format(Buffer* buffer, const char* format, ...);
void buffer_free(Buffer* buffer);

typedef struct {
  char* data;   // the line, its words ended by NUL, and the bodies behind it
  size_t line;  // the size of the line
  size_t size;
} Request;

typedef struct {
  Buffer line, bodies;
} Reply;

// A duplicate of that descriptor above what snippets open, closed to children.
int moved_high(int fd);
void channel_open(int requests, int replies);
// False in a child that the snippet has forked: its replies are dropped.
bool channel_is_ours(void);
// False at the end of requests, or when what comes is no frame.
bool channel_read(Request* request);
void request_free(Request* request);

const char* request_kind(const Request* request);
// "" when there is none.
const char* request_attribute(const Request* request, const char* key);
bool request_part(const Request* request, const char* name, const char** body, size_t* size);

Reply reply(const char* kind);
void reply_attribute(Reply* reply, const char* key, const char* value);
void reply_number(Reply* reply, const char* key, long value);
void reply_part(Reply* reply, const char* name, const void* body, size_t size);
void reply_text(Reply* reply, const char* name, const char* body);
// Writes it and frees it.
void reply_send(Reply* reply);
