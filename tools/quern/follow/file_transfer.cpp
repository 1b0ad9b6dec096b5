// SPDX-License-Identifier: Apache-2.0
#include "file_transfer.hpp"

#include "failure.hpp"
#include "patient.hpp"
#include "progress.hpp"

#include <filesystem>

namespace quern {

std::string file_name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string remote_place(const std::string& local, const std::string& remote) {
  if (!remote.ends_with('/')) return remote;
  if (local == "-") throw Failure("stdin has no name; say under which one it is to be put.");
  return remote + file_name_of(local);
}

std::uint64_t put_pieces(Session& session, LocalSource& source, Put request,
                         const Surface& surface) {
  Progress progress(surface.writer, request.path, source.size());
  for (;;) {
    const std::size_t size = request.bytes.size();
    const auto reply = ask_patiently_for<PutReply>(session, surface.signals, request);
    request.offset += size;
    if (size < transfer_piece) return reply.size;
    progress.reached(request.offset);
    request.bytes = source.read(transfer_piece);
    if (request.bytes.empty()) return reply.size;
    request.truncate = true;
    request.mode.reset();
  }
}

void get_to_file(Session& session, Get request, const std::string& local, const Surface& surface) {
  const auto status = session.ask_for<StatReply>(Stat{request.path, false});
  LocalTarget target(local, status.type == "file" ? status.mode : 0666);
  Progress progress(surface.writer, request.path, status.type == "file" ? status.size : 0);
  for (;;) {
    const auto reply = ask_patiently_for<GetReply>(session, surface.signals, request);
    target.write(reply.bytes.view());
    request.offset += reply.bytes.size();
    if (reply.eof || reply.bytes.size() == 0) break;
    progress.reached(request.offset);
  }
  target.keep();
}

}  // namespace quern
