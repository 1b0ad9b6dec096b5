// SPDX-License-Identifier: Apache-2.0
// quern put, get, ls, rm, mv, stat: files where the programs run.
#include "commands.hpp"
#include "daemon_link.hpp"
#include "failure.hpp"
#include "file_transfer.hpp"
#include "json_text.hpp"
#include "local_file.hpp"
#include "patient.hpp"
#include "table.hpp"

#include <charconv>
#include <ctime>
#include <filesystem>

namespace quern {
namespace {

std::uint32_t mode_of(const std::string& text) {
  std::uint32_t mode = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || mode > 07777)
    throw Failure("\"" + text + "\" is no mode; write it in octal, as 644 or 755.");
  return mode;
}

void tell(Json json, const Surface& surface) {
  if (surface.common.json) surface.writer.out(line_of(json));
}

std::string time_text(std::int64_t microseconds) {
  const auto seconds = static_cast<std::time_t>(microseconds / 1'000'000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local)};
}

std::string mode_text(const std::string& type, std::uint32_t mode) {
  std::string text = type == "file" ? "-" : type == "dir" ? "d" : type == "link" ? "l" : "?";
  const char* letters = "rwxrwxrwx";
  for (int bit = 8; bit >= 0; --bit) text += (mode >> bit) & 1 ? letters[8 - bit] : '-';
  return text;
}

// A name may hold anything; a terminal must not be told to do it.
std::string shown(std::string name) {
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return name;
}

// Its pieces go out as they come: there is no name to give them at the end.
void get_to_stdout(Session& session, Get request, const Surface& surface) {
  surface.writer.while_blocked = [&session] { session.keep_alive(); };
  for (;;) {
    const Message message = ask_patiently(session, surface.signals, request);
    const auto reply = value_or_fail(decode_reply<GetReply>(message.head(), message.body()));
    if (surface.common.json) {
      Json json = {{"path", request.path}, {"offset", request.offset}};
      json.update(reply_as_json(message.head()));
      add_bytes(json, reply.bytes.view());
      surface.writer.out(line_of(json));
    } else {
      surface.writer.out(reply.bytes.view());
    }
    request.offset += reply.bytes.size();
    if (reply.eof || reply.bytes.size() == 0) break;
  }
  surface.writer.while_blocked = nullptr;
}

}  // namespace

int execute(const PutOptions& options, const Surface& surface) {
  LocalSource source(options.local);
  Put request;
  request.path = remote_place(options.local, options.remote);
  request.mode = options.mode.empty() ? source.mode() : mode_of(options.mode);
  request.atomic = options.atomic;
  request.bytes = source.read(options.atomic ? max_body + 1 : transfer_piece);
  if (request.bytes.size() > max_body)
    throw Failure("an atomic put carries at most 64 MiB; leave --atomic out for more.");
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const std::string path = request.path;
  const std::uint64_t size =
      options.atomic
          ? ask_patiently_for<PutReply>(link.session(), surface.signals, std::move(request)).size
          : put_pieces(link.session(), source, std::move(request), surface);
  tell({{"path", path}, {"size", size}}, surface);
  return 0;
}

int execute(const GetOptions& options, const Surface& surface) {
  Get request;
  request.path = options.remote;
  request.length = transfer_piece;
  std::string local = options.local.empty() ? file_name_of(options.remote) : options.local;
  if (local.empty())
    throw Failure("say behind " + options.remote + " where it is to go, or - for stdout.");
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  if (local == "-") {
    get_to_stdout(link.session(), std::move(request), surface);
    return 0;
  }
  std::error_code ignored;  // what is not there is no folder
  if (std::filesystem::is_directory(local, ignored)) local += "/" + file_name_of(options.remote);
  get_to_file(link.session(), std::move(request), local, surface);
  tell({{"path", options.remote}, {"local", local}}, surface);
  return 0;
}

int execute(const ListOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  List request;
  request.path = options.path;
  Table table({"MODE", "SIZE", "CHANGED", "NAME"});
  for (bool more = true; more;) {
    const Message message = link.session().ask(request);
    const auto reply = value_or_fail(decode_reply<ListReply>(message.head(), message.body()));
    if (surface.common.json) {
      const Json head = head_as_json(message.head());
      for (const Json& entry : head["entries"]) surface.writer.out(line_of(entry));
    }
    for (const FileEntry& entry : reply.entries)
      table.add({mode_text(entry.type, entry.mode), std::to_string(entry.size),
                 time_text(entry.mtime), shown(entry.name)});
    more = reply.more && !reply.entries.empty();
    if (more) request.after = reply.entries.back().name;
  }
  if (!surface.common.json) surface.writer.out(table.text());
  return 0;
}

int execute(const StatOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message =
      ask_patiently(link.session(), surface.signals, Stat{options.path, options.sha256});
  const auto status = value_or_fail(decode_reply<StatReply>(message.head(), message.body()));
  if (surface.common.json) {
    Json json = {{"path", options.path}};
    json.update(reply_as_json(message.head()));
    surface.writer.out(line_of(json));
    return 0;
  }
  surface.writer.out(mode_text(status.type, status.mode) + "  " + std::to_string(status.size) +
                     " bytes  " + time_text(status.mtime) + "  " + shown(options.path) +
                     (status.sha256.empty() ? "" : "\nsha256 " + status.sha256) + "\n");
  return 0;
}

int execute(const RemoveOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  for (const std::string& path : options.paths) {
    ask_patiently_for<Ok>(link.session(), surface.signals, Remove{path, options.recursive});
    tell({{"path", path}, {"removed", true}}, surface);
  }
  return 0;
}

int execute(const MoveOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  link.session().ask_for<Ok>(Move{options.path, options.to});
  tell({{"path", options.path}, {"to", options.to}}, surface);
  return 0;
}

}  // namespace quern
