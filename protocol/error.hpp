// SPDX-License-Identifier: Apache-2.0
// Why a request was not done: a code for programs, a sentence for people.
//
// Expected failures travel as values: Result<T> is either the T or an Error. An Error's message is
// a finished sentence that says what was wrong and what to do, because it goes to a client as it
// is.
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>

namespace quern {

enum class ErrorCode {
  bad_request,
  unknown_op,
  unknown_run,
  unknown_language,
  unknown_context,
  exists,
  busy,
  unsupported,
  limit,
  denied,
  not_found,
  io,
  closing,
  internal,
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

// Result<T>::value() on an Error throws this: asking an Error for its value is a bug.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error(error.message);
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace quern
