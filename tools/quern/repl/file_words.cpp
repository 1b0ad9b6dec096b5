// SPDX-License-Identifier: Apache-2.0
// :put and :get: files where the programs run.
#include "colon_words.hpp"
#include "failure.hpp"
#include "file_transfer.hpp"
#include "repl.hpp"
#include "table.hpp"

#include <filesystem>

namespace quern {
namespace {

// One name or two, the second of which may be left out.
std::vector<std::string> names_in(const std::string& rest, const std::string& usage) {
  std::vector<std::string> names = words_in(rest);
  if (names.empty() || names.size() > 2)
    throw Failure("write " + usage + "; a name with blanks stands in quotes.");
  return names;
}

}  // namespace

void obey_put(Repl& repl, const std::string& rest) {
  std::vector<std::string> names = names_in(rest, ":put LOCAL [REMOTE]");
  const std::string local = local_path(names.front());
  if (local == "-") throw Failure("what is typed here is no file; name one.");
  LocalSource source(local);
  Put request;
  request.path = remote_place(local, names.size() == 2 ? names.back() : file_name_of(local));
  request.mode = source.mode();
  request.bytes = source.read(transfer_piece);
  const std::string path = request.path;
  const std::uint64_t size = put_pieces(repl.session(), source, std::move(request), repl.surface());
  if (repl.is_at_terminal()) repl.writer().out(path + ": " + readable_size(size) + ".\n");
}

void obey_get(Repl& repl, const std::string& rest) {
  std::vector<std::string> names = names_in(rest, ":get REMOTE [LOCAL]");
  Get request;
  request.path = names.front();
  request.length = transfer_piece;
  std::string local = names.size() == 2 ? local_path(names.back()) : file_name_of(request.path);
  std::error_code ignored;  // what is not there is no folder
  if (std::filesystem::is_directory(local, ignored)) local += "/" + file_name_of(request.path);
  if (local.empty() || local == "-")
    throw Failure("say behind " + request.path + " as which file it is to be kept.");
  get_to_file(repl.session(), std::move(request), local, repl.surface());
  if (repl.is_at_terminal())
    repl.writer().out(local + ": " + readable_size(std::filesystem::file_size(local, ignored)) +
                      ".\n");
}

}  // namespace quern
