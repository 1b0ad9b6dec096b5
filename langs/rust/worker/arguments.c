// SPDX-License-Identifier: Apache-2.0
//
// What std::env::args() says. The standard library notes the program's arguments when it is loaded,
// by a function among its initializers, which the dynamic linker calls with them; calling those
// again with others is the one way to change them. They do nothing else. The library is in ours,
// for Debian's has no dynamic one.
#include <link.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct arguments {
  int count;
  char** all;
};

static int initialize(struct dl_phdr_info* library, size_t size, void* data) {
  (void)size;
  struct arguments* arguments = data;
  if (!strstr(library->dlpi_name, "/libquern_rt.so")) return 0;
  void (**functions)(int, char**, char**) = NULL;
  size_t bytes = 0;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    if (library->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn)* entry = (const ElfW(Dyn)*)(library->dlpi_addr + library->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_INIT_ARRAY)
        functions = (void (**)(int, char**, char**))(library->dlpi_addr + entry->d_un.d_ptr);
      if (entry->d_tag == DT_INIT_ARRAYSZ) bytes = entry->d_un.d_val;
    }
  }
  for (size_t i = 0; functions && i < bytes / sizeof *functions; i++)
    functions[i](arguments->count, arguments->all, environ);
  return 1;
}

void quern_set_arguments(int count, char** all) {
  struct arguments arguments = {count, all};
  dl_iterate_phdr(initialize, &arguments);
}
