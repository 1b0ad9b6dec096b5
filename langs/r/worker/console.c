// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "r.h"
#include "stop.h"

static bool running;
static bool has_input;
static bool is_muted;
static bool amid_line;  // a line longer than R's buffer is being handed over
static int stderr_before = -1;

static FILE* captured;
static char* captured_text;
static size_t captured_size;

static void write_console(const char* text, int size, int error) {
  if (size <= 0 || is_muted) return;
  if (captured != NULL && error == 0) {
    fwrite(text, 1, (size_t)size, captured);
    return;
  }
  // Whoever no longer reads misses nothing; to R that is no error, as on a terminal that is gone.
  write_all(error != 0 ? STDERR_FILENO : STDOUT_FILENO, text, (size_t)size);
  stop_check();
}

void console_capture(void) {
  if (captured == NULL) captured = open_memstream(&captured_text, &captured_size);
}

char* console_take(size_t* size) {
  if (captured == NULL || fclose(captured) != 0) captured_text = NULL;
  captured = NULL;
  *size = captured_text == NULL ? 0 : captured_size;
  return captured_text;
}

void console_mute(bool muted) { is_muted = muted; }

// What was captured so far belongs before a question.
static void spill(void) {
  if (captured == NULL) return;
  size_t size = 0;
  char* text = console_take(&size);
  write_all(STDOUT_FILENO, text, size);
  free(text);
  console_capture();
}

// One line, byte by byte, for what is behind it may be another reader's. Returns its size, 0 at end
// of file, -1 when an interrupt is pending.
static int read_line(char* line, int size) {
  int length = 0;
  while (length < size - 2) {
    if (!stop_wait_readable(STDIN_FILENO)) return -1;
    ssize_t got = read(STDIN_FILENO, line + length, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) {
      if (length == 0) return 0;
      line[length] = '\n';  // R wants every line ended
    }
    if (line[length++] == '\n') break;
  }
  line[length] = '\0';
  amid_line = line[length - 1] != '\n';
  return length;
}

int console_ask(const char* prompt, bool password, char* line, int size) {
  if (!running) return 0;
  if (!has_input) {
    Rf_error("this run has no input: it was started with stdin \"none\", so nobody can be asked");
  }
  if (amid_line) prompt = "";
  spill();
  write_all(STDOUT_FILENO, prompt, strlen(prompt));
  struct Part text = frame_text("prompt", prompt);
  if (!amid_line) frame_send("prompt", password ? "password=1" : "password=0", &text, 1);
  bool told = !amid_line;
  int length = read_line(line, size);
  if (told) frame_send("taken", "", NULL, 0);
  if (length < 0) {
    amid_line = false;
    stop_check();
    Rf_error("the read was interrupted");
  }
  return length;
}

static int read_console(const char* prompt, unsigned char* line, int size, int history) {
  (void)history;
  return console_ask(prompt, false, (char*)line, size);
}

static void show_message(const char* text) {
  write_console(text, (int)strlen(text), 1);
  write_console("\n", 1, 1);
}

static void nothing(void) {}
static void not_busy(int which) { (void)which; }

void console_install(void) {
  R_Outputfile = NULL;
  R_Consolefile = NULL;
  ptr_R_WriteConsole = NULL;
  ptr_R_WriteConsoleEx = write_console;
  ptr_R_ReadConsole = read_console;
  ptr_R_ShowMessage = show_message;
  ptr_R_ResetConsole = nothing;
  ptr_R_FlushConsole = nothing;
  ptr_R_ClearerrConsole = nothing;
  ptr_R_Busy = not_busy;
  console_capture();
}

static bool same_file(int one, int other) {
  struct stat a;
  struct stat b;
  return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

void console_begin(bool input, bool merge) {
  if (captured != NULL) {  // what a profile printed at the start comes with the first run
    spill();
    size_t size = 0;
    free(console_take(&size));
  }
  running = true;
  has_input = input;
  amid_line = false;
  if (!merge) return;
  stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 190);
  if (stderr_before >= 0) dup2(STDOUT_FILENO, STDERR_FILENO);
}

void console_end(void) {
  running = false;
  // C code may have read ahead; the next run's input is its own.
  __fpurge(stdin);
  clearerr(stdin);
  if (stderr_before < 0) return;
  fflush(stderr);
  if (same_file(STDERR_FILENO, STDOUT_FILENO)) dup2(stderr_before, STDERR_FILENO);
  close(stderr_before);
  stderr_before = -1;
}
