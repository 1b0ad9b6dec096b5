// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kHigh = 190, kLongestLine = 65536 };

static int requests = -1;
static int replies = -1;
static pid_t home;

// What was read of the requests beyond what has been taken.
static char unread[kLongestLine];
static size_t unread_begin;
static size_t unread_end;

void frame_open(void) {
  // High, so that a snippet's own first file is 3, as in any program.
  requests = fcntl(3, F_DUPFD_CLOEXEC, kHigh);
  replies = fcntl(4, F_DUPFD_CLOEXEC, kHigh);
  if (requests < 0 || replies < 0) {
    static const char kMessage[] =
        "quern-r-worker is started by quernd, with requests on descriptor 3 and replies on 4; see "
        "langs/WORKER.md.\n";
    write_all(2, kMessage, sizeof kMessage - 1);
    exit(2);
  }
  close(3);
  close(4);
  home = getpid();
}

bool frame_is_home(void) { return getpid() == home; }

bool write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return false;
      struct pollfd wait = {.fd = fd, .events = POLLOUT};
      poll(&wait, 1, -1);
      continue;
    }
    data += written;
    size -= (size_t)written;
  }
  return true;
}

static void* must(void* memory) {
  if (memory == NULL)
    abort();  // without memory for a request there is nothing that could be answered
  return memory;
}

static bool refill(void) {
  unread_begin = unread_end = 0;
  for (;;) {
    ssize_t got = read(requests, unread, sizeof unread);
    if (got > 0) {
      unread_end = (size_t)got;
      return true;
    }
    if (got == 0 || errno != EINTR) return false;
  }
}

static bool read_bytes(char* to, size_t size) {
  while (size > 0) {
    if (unread_begin == unread_end && !refill()) return false;
    size_t some = unread_end - unread_begin;
    if (some > size) some = size;
    memcpy(to, unread + unread_begin, some);
    unread_begin += some;
    to += some;
    size -= some;
  }
  return true;
}

static char* read_line(void) {
  char* line = must(malloc(kLongestLine));
  for (size_t size = 0; size < kLongestLine; ++size) {
    if (!read_bytes(line + size, 1)) break;
    if (line[size] != '\n') continue;
    line[size] = '\0';
    return line;
  }
  free(line);
  return NULL;
}

// NAME:COUNT as a part that is still to be read; false for any other word.
static bool parse_part(const char* word, struct Part* part) {
  const char* colon = strrchr(word, ':');
  if (colon == NULL || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1))
    return false;
  snprintf(part->name, sizeof part->name, "%.*s", (int)(colon - word), word);
  part->size = strtoul(colon + 1, NULL, 10);
  part->data = NULL;
  return true;
}

bool frame_read(struct Request* request) {
  memset(request, 0, sizeof *request);
  request->line = read_line();
  if (request->line == NULL) return false;
  char* rest = NULL;
  request->kind = strtok_r(request->line, " ", &rest);
  if (request->kind == NULL) request->kind = "";
  for (char* word = NULL; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
    if (request->part_count == kMostParts || request->word_count == kMostParts) return false;
    if (parse_part(word, &request->parts[request->part_count])) {
      ++request->part_count;
    } else {
      request->words[request->word_count++] = word;
    }
  }
  for (size_t i = 0; i < request->part_count; ++i) {
    struct Part* part = &request->parts[i];
    char* data = must(malloc(part->size + 1));
    data[part->size] = '\0';
    part->data = data;
    if (!read_bytes(data, part->size)) return false;
  }
  return true;
}

void frame_release(struct Request* request) {
  for (size_t i = 0; i < request->part_count; ++i) free((char*)request->parts[i].data);
  free(request->line);
  memset(request, 0, sizeof *request);
}

struct Part frame_part(const struct Request* request, const char* name) {
  for (size_t i = 0; i < request->part_count; ++i) {
    if (strcmp(request->parts[i].name, name) == 0) return request->parts[i];
  }
  return (struct Part){.data = NULL, .size = 0};
}

const char* frame_attribute(const struct Request* request, const char* name, const char* missing) {
  size_t size = strlen(name);
  for (size_t i = 0; i < request->word_count; ++i) {
    const char* word = request->words[i];
    if (strncmp(word, name, size) == 0 && word[size] == '=') return word + size + 1;
  }
  return missing;
}

struct Part frame_text(const char* name, const char* text) {
  struct Part part = {.data = text, .size = strlen(text)};
  snprintf(part.name, sizeof part.name, "%s", name);
  return part;
}

void frame_send(const char* kind, const char* attributes, const struct Part* parts, size_t count) {
  if (!frame_is_home()) return;
  // What C code of the user's has printed comes before the frame.
  fflush(stdout);
  fflush(stderr);
  char* frame = NULL;
  size_t size = 0;
  FILE* stream = must(open_memstream(&frame, &size));
  fputs(kind, stream);
  if (attributes[0] != '\0') fprintf(stream, " %s", attributes);
  for (size_t i = 0; i < count; ++i) fprintf(stream, " %s:%zu", parts[i].name, parts[i].size);
  fputc('\n', stream);
  for (size_t i = 0; i < count; ++i) fwrite(parts[i].data, 1, parts[i].size, stream);
  if (fclose(stream) != 0) abort();
  // Nobody reads replies any more: then requests end too, and so does the worker.
  write_all(replies, frame, size);
  free(frame);
}
