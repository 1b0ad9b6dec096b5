// SPDX-License-Identifier: Apache-2.0
#include "streams.h"

#include <php_streams.h>
#include <zend_constants.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "interrupt.h"

static const char* const names[] = {"STDIN", "STDOUT", "STDERR"};
static const char* const places[] = {"php://stdin", "php://stdout", "php://stderr"};
static const char* const modes[] = {"rb", "wb", "wb"};
static int spare[3];
static int stderr_before = -1;
static struct stat merged;

static void write_whole(int fd, const char* text, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, text, size);
    if (count > 0) {
      text += count;
      size -= (size_t)count;
    } else if (errno == EAGAIN) {  // the snippet has made it non-blocking
      struct pollfd one = {.fd = fd, .events = POLLOUT};
      poll(&one, 1, -1);
    } else if (errno != EINTR) {
      return;  // closed by the snippet, or nobody reads: as in any program
    }
    if (size > 0 && interrupt_pending()) {
      return;
    }
  }
}

size_t write_output(const char* text, size_t size) {
  write_whole(STDOUT_FILENO, text, size);
  return size;
}

void write_error(const char* text, size_t size) { write_whole(STDERR_FILENO, text, size); }

static void define(int fd, php_stream* stream) {
  // The end of the request must not close what is not its own.
  stream->flags |= PHP_STREAM_FLAG_NO_RSCR_DTOR_CLOSE;
  zend_constant* known = zend_hash_str_find_ptr(EG(zend_constants), names[fd], strlen(names[fd]));
  if (known) {
    zval_ptr_dtor(&known->value);
    php_stream_to_zval(stream, &known->value);
    return;
  }
  zend_constant made;
  php_stream_to_zval(stream, &made.value);
  ZEND_CONSTANT_SET_FLAGS(&made, CONST_CS, 0);
  made.name = zend_string_init_interned(names[fd], strlen(names[fd]), 0);
  zend_register_constant(&made);
}

void streams_open(void) {
  for (int fd = 0; fd < 3; ++fd) {
    spare[fd] = moved_high(fd);
    php_stream* stream = php_stream_open_wrapper((char*)places[fd], modes[fd], 0, NULL);
    if (stream) {
      define(fd, stream);
    }
  }
}

static bool is_open(const char* name) {
  zval* constant = zend_get_constant_str(name, strlen(name));
  return constant && Z_TYPE_P(constant) == IS_RESOURCE && Z_RES_P(constant)->type >= 0;
}

void streams_mend(void) {
  for (int fd = 0; fd < 3; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) {
      dup2(spare[fd], fd);
    }
    if (!is_open(names[fd])) {
      php_stream* stream = php_stream_fopen_from_fd(fd, modes[fd], NULL);
      if (stream) {
        define(fd, stream);
      }
    }
  }
}

void streams_merge(void) {
  stderr_before = moved_high(STDERR_FILENO);
  if (stderr_before >= 0 &&
      (dup2(STDOUT_FILENO, STDERR_FILENO) < 0 || fstat(STDERR_FILENO, &merged) != 0)) {
    close(stderr_before);
    stderr_before = -1;
  }
}

static void part(void) {
  struct stat now;
  if (stderr_before < 0) {
    return;
  }
  // Unless the snippet has itself put something else there.
  if (fstat(STDERR_FILENO, &now) != 0 ||
      (now.st_dev == merged.st_dev && now.st_ino == merged.st_ino)) {
    dup2(stderr_before, STDERR_FILENO);
  }
  close(stderr_before);
  stderr_before = -1;
}

// Also in streams that the snippet has opened on it: php://stdin, /dev/stdin, php://fd/0.
static void forget_input(void) {
  struct stat input, own;
  zend_resource* resource;
  if (fstat(STDIN_FILENO, &input) != 0) {
    return;
  }
  ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource) {
    if (resource->type != php_file_le_stream()) {
      continue;
    }
    php_stream* stream = resource->ptr;
    int fd;
    if (stream->ops == &php_stream_stdio_ops &&
        (stream->eof || stream->readpos < stream->writepos) &&
        php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void**)&fd,
                        0) == SUCCESS &&
        fstat(fd, &own) == 0 && own.st_dev == input.st_dev && own.st_ino == input.st_ino) {
      stream->readpos = stream->writepos = 0;
      stream->eof = 0;
    }
  }
  ZEND_HASH_FOREACH_END();
}

void streams_settle(void) {
  part();
  forget_input();
}

zend_string* read_line(void) {
  zval* constant = zend_get_constant_str("STDIN", 5);
  php_stream* stream = NULL;
  if (constant && is_open("STDIN")) {
    php_stream_from_zval_no_verify(stream, constant);
  }
  if (!stream) {
    return NULL;  // closed by the snippet: there is nothing to read
  }
  for (;;) {
    size_t size = 0;
    char* line = php_stream_get_line(stream, NULL, 0, &size);
    if (interrupt_pending() || (!line && stream->eof)) {
      if (line) {
        efree(line);
      }
      return NULL;
    }
    if (line) {
      zend_string* text = zend_string_init(line, size, 0);
      efree(line);
      return text;
    }
  }
}
