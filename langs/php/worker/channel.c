// SPDX-License-Identifier: Apache-2.0
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t longest_line = 64 * 1024;  // the contract's

static int request_fd, reply_fd;
static pid_t owner;
static Buffer incoming;

void buffer_add(Buffer* buffer, const void* data, size_t size) {
  if (buffer->size + size + 1 > buffer->room) {
    size_t room = (buffer->size + size + 1) * 2;
    char* grown = realloc(buffer->data, room);
    if (!grown) {
      _exit(70);  // without memory for a frame nothing true can be said any more
    }
    buffer->data = grown;
    buffer->room = room;
  }
  if (size > 0) {
    memcpy(buffer->data + buffer->size, data, size);
  }
  buffer->size += size;
  buffer->data[buffer->size] = '\0';
}

void buffer_text(Buffer* buffer, const char* text) { buffer_add(buffer, text, strlen(text)); }

void buffer_format(Buffer* buffer, const char* format, ...) {
  char* text = NULL;
  va_list arguments;
  va_start(arguments, format);
  int size = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (size >= 0) {
    buffer_add(buffer, text, (size_t)size);
    free(text);
  }
}

void buffer_free(Buffer* buffer) {
  free(buffer->data);
  *buffer = (Buffer){0};
}

int moved_high(int fd) {
  int high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH);
  return high >= 0 ? high : fcntl(fd, F_DUPFD_CLOEXEC, 10);  // a small limit of open files
}

void channel_open(int requests, int replies) {
  owner = getpid();
  request_fd = moved_high(requests);
  reply_fd = moved_high(replies);
  close(requests);
  close(replies);
}

bool channel_is_ours(void) { return getpid() == owner; }

static bool fill(void) {
  char bytes[65536];
  for (;;) {
    ssize_t count = read(request_fd, bytes, sizeof bytes);
    if (count > 0) {
      buffer_add(&incoming, bytes, (size_t)count);
      return true;
    }
    if (count == 0 || errno != EINTR) {
      return false;
    }
  }
}

// The size that a word's end says, when the word is a part: `name:COUNT`.
static bool size_of(const char* word, size_t* size, size_t* name_size) {
  const char* colon = strrchr(word, ':');
  if (!colon || colon[1] == '\0' || colon[1 + strspn(colon + 1, "0123456789")] != '\0') {
    return false;
  }
  *size = strtoull(colon + 1, NULL, 10);
  *name_size = (size_t)(colon - word);
  return true;
}

// Walks the words behind the kind; `at` starts at the line's begin.
static const char* next_word(const Request* request, const char* word) {
  const char* next = word + strlen(word) + 1;
  return next < request->data + request->line ? next : NULL;
}

static size_t bodies_of(const Request* request) {
  size_t total = 0, size, name;
  for (const char* word = request->data; word; word = next_word(request, word)) {
    if (word != request->data && size_of(word, &size, &name)) {
      total += size;
    }
  }
  return total;
}

bool channel_read(Request* request) {
  char* end;
  while (!(end = incoming.size ? memchr(incoming.data, '\n', incoming.size) : NULL)) {
    if (incoming.size > longest_line || !fill()) {
      return false;
    }
  }
  size_t line = (size_t)(end - incoming.data) + 1;
  for (char* at = incoming.data; at <= end; ++at) {
    if (*at == ' ' || *at == '\n') {
      *at = '\0';
    }
    if (at == end) {
      break;
    }
  }
  *request = (Request){incoming.data, line, 0};
  request->size = line + bodies_of(request);
  while (incoming.size < request->size) {
    if (!fill()) {
      return false;
    }
    request->data = incoming.data;
  }
  char* own = malloc(request->size + 1);
  if (!own) {
    return false;
  }
  memcpy(own, incoming.data, request->size);
  own[request->size] = '\0';
  request->data = own;
  incoming.size -= request->size;
  memmove(incoming.data, incoming.data + request->size, incoming.size);
  return true;
}

void request_free(Request* request) {
  free(request->data);
  *request = (Request){0};
}

const char* request_kind(const Request* request) { return request->data; }

const char* request_attribute(const Request* request, const char* key) {
  size_t length = strlen(key), size, name;
  for (const char* word = next_word(request, request->data); word;
       word = next_word(request, word)) {
    if (!size_of(word, &size, &name) && strncmp(word, key, length) == 0 && word[length] == '=') {
      return word + length + 1;
    }
  }
  return "";
}

bool request_part(const Request* request, const char* name, const char** body, size_t* size) {
  const char* at = request->data + request->line;
  size_t part, known;
  for (const char* word = next_word(request, request->data); word;
       word = next_word(request, word)) {
    if (!size_of(word, &part, &known)) {
      continue;
    }
    if (known == strlen(name) && memcmp(word, name, known) == 0) {
      *body = at;
      *size = part;
      return true;
    }
    at += part;
  }
  return false;
}

Reply reply(const char* kind) {
  Reply made = {0};
  buffer_text(&made.line, kind);
  return made;
}

void reply_attribute(Reply* reply, const char* key, const char* value) {
  buffer_format(&reply->line, " %s=%s", key, value);
}

void reply_number(Reply* reply, const char* key, long value) {
  buffer_format(&reply->line, " %s=%ld", key, value);
}

void reply_part(Reply* reply, const char* name, const void* body, size_t size) {
  buffer_format(&reply->line, " %s:%zu", name, size);
  buffer_add(&reply->bodies, body, size);
}

void reply_text(Reply* reply, const char* name, const char* body) {
  reply_part(reply, name, body, strlen(body));
}

void reply_send(Reply* reply) {
  buffer_text(&reply->line, "\n");
  buffer_add(&reply->line, reply->bodies.data, reply->bodies.size);
  for (size_t at = 0; at < reply->line.size && channel_is_ours();) {
    ssize_t count = write(reply_fd, reply->line.data + at, reply->line.size - at);
    if (count > 0) {
      at += (size_t)count;
    } else if (errno != EINTR) {
      _exit(1);  // nobody listens any more
    }
  }
  buffer_free(&reply->line);
  buffer_free(&reply->bodies);
}
