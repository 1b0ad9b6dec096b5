// SPDX-License-Identifier: Apache-2.0
//
// The Lua worker: `quern-lua-worker QUESTIONS.LUA` speaks langs/WORKER.md; `--version` prints Lua's
// version.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "library.h"
#include "questions.h"
#include "session.h"

enum { kRequests = 3, kReplies = 4, kSecondsToEnd = 1 };

static void too_long(int unused) {
  (void)unused;
  _exit(0);
}

static void say_unknown(const char* kind) {
  char message[96];
  const int size =
      snprintf(message, sizeof message, "this worker does not know the request '%s'", kind);
  frame_begin("error kind=runtime");
  frame_part("name", "UnknownRequest", 14);
  frame_part("message", message, (size_t)size);
  frame_send();
}

static void serve(lua_State* L) {
  struct request request;
  while (channel_read(&request)) {
    if (!strcmp(request.kind, "run")) {
      session_run(L, &request);
      continue;
    }
    const int known = !strcmp(request.kind, "complete") || !strcmp(request.kind, "inspect") ||
                      !strcmp(request.kind, "check");
    if (known)
      questions_answer(L, &request);
    else
      say_unknown(request.kind);
    lua_settop(L, 0);
    frame_begin("done status=ok");
    frame_send();
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && !strcmp(argv[1], "--version")) return puts(LUA_RELEASE) < 0;
  if (argc != 2) {
    fprintf(stderr,
            "usage: %s QUESTIONS.LUA | --version\nA worker is started by quernd; langs/WORKER.md "
            "tells how.\n",
            argv[0]);
    return 2;
  }
  channel_open(kRequests, kReplies);
  lua_State* L = session_open();
  if (!L) return 1;
  frame_begin("ready version=%s", LUA_RELEASE + strlen("Lua "));
  frame_part("title", LUA_RELEASE, strlen(LUA_RELEASE));
  frame_send();
  questions_load(L, argv[1]);
  serve(L);
  signal(SIGALRM, too_long);
  alarm(kSecondsToEnd);
  library_wait_no_more();
  lua_close(L);  // finalizers are the user's exit hooks
  fflush(NULL);
  _exit(0);
}
