// SPDX-License-Identifier: Apache-2.0
#include "file_service.hpp"

#include "file_listing.hpp"
#include "file_moving.hpp"
#include "file_reading.hpp"
#include "file_removing.hpp"
#include "file_writing.hpp"

namespace quern {

namespace asio = boost::asio;

std::string FileService::absolute(const std::string& path) const {
  if (path.front() == '/') return path;
  return (work_dir_ == "/" ? "" : work_dir_) + "/" + path;
}

asio::awaitable<Result<PutReply>> FileService::put(Put op) {
  op.path = absolute(op.path);
  co_return co_await work([&op] { return write_file(op); });
}

asio::awaitable<Result<GetReply>> FileService::get(Get op) {
  op.path = absolute(op.path);
  co_return co_await work([&op] { return read_file(op); });
}

asio::awaitable<Result<ListReply>> FileService::list(List op) {
  op.path = absolute(op.path);
  co_return co_await work([&op] { return list_directory(op); });
}

asio::awaitable<Result<StatReply>> FileService::stat(Stat op, std::function<bool()> wanted) {
  std::string path = op.path = absolute(op.path);
  FileStat stat(std::move(op));
  while (wanted()) {
    Result<bool> done = co_await work([&stat] { return stat.step(); });
    if (!done) co_return done.error();
    if (*done) co_return stat.reply();
  }
  co_return Error{ErrorCode::io, "Nobody waits for the sum of " + path + " any more."};
}

asio::awaitable<Result<Ok>> FileService::move(Move op) {
  op.path = absolute(op.path);
  op.to = absolute(op.to);
  co_return co_await work([&op, home = work_dir_] { return move_file(op, home); });
}

asio::awaitable<Result<Ok>> FileService::remove(Remove op) {
  op.path = absolute(op.path);
  Removal removal(std::move(op), work_dir_);
  for (;;) {
    Result<bool> done = co_await work([&removal] { return removal.step(); });
    if (!done) co_return done.error();
    if (*done) co_return Ok{};
  }
}

}  // namespace quern
