// SPDX-License-Identifier: Apache-2.0
// The file ops, off the event loop: each is done on the file thread, with the rights of programs.
//
// Owned by main. What may take long is done in steps, so that other work on the thread (another
// client's file, a journal's spill) gets its turn between them. Never: keeps two ops in order; who
// wants that awaits the first.
#pragma once

#include "error.hpp"
#include "file_thread.hpp"
#include "reply.hpp"
#include "request.hpp"
#include "rights.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>
#include <type_traits>

namespace quern {

class FileService {
 public:
  FileService(FileThread& thread, std::string work_dir, std::optional<Account> user = std::nullopt)
      : thread_(thread), work_dir_(std::move(work_dir)), user_(std::move(user)) {}
  FileService(const FileService&) = delete;
  FileService& operator=(const FileService&) = delete;

  boost::asio::awaitable<Result<PutReply>> put(Put op);
  boost::asio::awaitable<Result<GetReply>> get(Get op);
  boost::asio::awaitable<Result<ListReply>> list(List op);
  // Given up, with an Error, when nobody wants to know any more: a file may be endless.
  boost::asio::awaitable<Result<StatReply>> stat(Stat op, std::function<bool()> wanted);
  boost::asio::awaitable<Result<Ok>> move(Move op);
  boost::asio::awaitable<Result<Ok>> remove(Remove op);

 private:
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> work(Work work) {
    co_return co_await thread_.run([work = std::move(work), user = user_] {
      const Rights rights(user);
      return work();
    });
  }
  std::string absolute(const std::string& path) const;

  FileThread& thread_;
  std::string work_dir_;
  const std::optional<Account> user_;
};

}  // namespace quern
