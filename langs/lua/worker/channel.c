// SPDX-License-Identifier: Apache-2.0
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct buffer {
  char* data;
  size_t size, room;
};

enum { kHigh = 400, kChunk = 1 << 16 };

static int requests, replies;
static struct buffer input, line, parts;
static size_t consumed;  // how much of `input` is a frame that was given out

static void more_room(struct buffer* buffer, size_t more) {
  if (buffer->size + more <= buffer->room) return;
  buffer->room = (buffer->size + more) * 2;
  buffer->data = realloc(buffer->data, buffer->room);
  if (!buffer->data) abort();
}

static void append(struct buffer* buffer, const char* data, size_t size) {
  more_room(buffer, size);
  memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

static int moved_high(int fd) {
  int high = fcntl(fd, F_DUPFD_CLOEXEC, kHigh);
  if (high < 0) high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  close(fd);
  return high;
}

void channel_open(int from, int to) {
  requests = moved_high(from);
  replies = moved_high(to);
}

static int fill(void) {
  more_room(&input, kChunk);
  ssize_t count;
  do {
    count = read(requests, input.data + input.size, input.room - input.size);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return 0;
  input.size += (size_t)count;
  return 1;
}

// A word is a part, `name:COUNT`, or an attribute, `key=value`. Gives the count, or -1.
static long long part_size(char* word) {
  char *colon = strrchr(word, ':'), *end;
  if (!colon || colon[1] < '0' || colon[1] > '9') return -1;
  const long long count = strtoll(colon + 1, &end, 10);
  if (*end) return -1;
  *colon = '\0';
  return count;
}

static void take_part(struct request* request, const char* name, struct text part) {
  if (!strcmp(name, "code")) request->code = part;
  if (!strcmp(name, "argv")) request->arguments = part, request->has_arguments = 1;
  if (!strcmp(name, "traceparent")) request->traceparent = part, request->has_traceparent = 1;
}

static void take_attribute(struct request* request, const char* word) {
  if (!strcmp(word, "stdin=none")) request->no_input = 1;
  if (!strcmp(word, "silent=1")) request->silent = 1;
  if (!strcmp(word, "merge=1")) request->merge = 1;
  if (!strcmp(word, "detail=1")) request->detail = 1;
  if (!strncmp(word, "cursor=", 7)) request->cursor = strtoull(word + 7, NULL, 10);
}

int channel_read(struct request* request) {
  memset(request, 0, sizeof *request);
  memmove(input.data, input.data + consumed, input.size - consumed);
  input.size -= consumed;
  consumed = 0;
  char* newline;
  while (!input.size || !(newline = memchr(input.data, '\n', input.size))) {
    if (!fill()) return 0;
  }
  const size_t head = (size_t)(newline - input.data);
  char *words = strndup(input.data, head), *rest = words;
  size_t at = head + 1;
  for (char* word; (word = strsep(&rest, " "));) {
    if (word == words) {
      snprintf(request->kind, sizeof request->kind, "%s", word);
      continue;
    }
    const long long count = part_size(word);
    if (count >= 0)
      at += (size_t)count;
    else
      take_attribute(request, word);
  }
  while (input.size < at) {
    if (!fill()) return free(words), 0;
  }
  free(words);
  words = rest = strndup(input.data, head);
  consumed = head + 1;
  for (char* word; (word = strsep(&rest, " "));) {
    const long long count = word == words ? -1 : part_size(word);
    if (count < 0) continue;
    take_part(request, word, (struct text){input.data + consumed, (size_t)count});
    consumed += (size_t)count;
  }
  free(words);
  return 1;
}

void frame_begin(const char* format, ...) {
  char head[256];
  va_list arguments;
  va_start(arguments, format);
  const int size = vsnprintf(head, sizeof head, format, arguments);
  va_end(arguments);
  line.size = parts.size = 0;
  append(&line, head, (size_t)size);
}

// How many bytes the character there has; 0 when there is none.
static size_t character(const unsigned char* at, size_t left) {
  if (*at < 0x80) return 1;
  const size_t size = *at >= 0xC2 && *at <= 0xDF   ? 2
                      : (*at & 0xF0) == 0xE0       ? 3
                      : *at >= 0xF0 && *at <= 0xF4 ? 4
                                                   : 0;
  if (!size || size > left) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  if ((*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F))
    return 0;  // too long; a surrogate
  if ((*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F)) return 0;
  return size;
}

void frame_part(const char* name, const char* data, size_t size) {
  const size_t before = parts.size;
  for (size_t at = 0, sound = 0;;) {
    const size_t next = at < size ? character((const unsigned char*)data + at, size - at) : 0;
    if (next) {
      at += next;
      continue;
    }
    append(&parts, data + sound, at - sound);
    if (at == size) break;
    append(&parts, "\xEF\xBF\xBD", 3);
    sound = ++at;
  }
  char word[64];
  append(&line, word, (size_t)snprintf(word, sizeof word, " %s:%zu", name, parts.size - before));
}

void frame_send(void) {
  fflush(stdout);
  fflush(stderr);
  append(&line, "\n", 1);
  append(&line, parts.data, parts.size);
  for (size_t at = 0; at < line.size;) {
    const ssize_t count = write(replies, line.data + at, line.size - at);
    if (count >= 0)
      at += (size_t)count;
    else if (errno != EINTR)
      return;  // the daemon is gone, as the next read will tell
  }
}
