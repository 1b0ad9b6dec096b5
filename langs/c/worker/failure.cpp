// SPDX-License-Identifier: Apache-2.0
#include "failure.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>

namespace quern {
namespace {

void erase_all(std::string& text, const std::string& begin, const std::string& end) {
  for (std::size_t at; (at = text.find(begin)) != std::string::npos;) {
    std::size_t stop = end.empty() ? at + begin.size() : text.find(end, at);
    text.erase(at, stop == std::string::npos ? stop : stop + end.size() - at);
  }
}

// What was thrown, where it is no std::exception: the few types that people throw.
std::string plain_message() {
  try {
    throw;
  } catch (const char* text) {
    return text;
  } catch (const std::string& text) {
    return text;
  } catch (int number) {
    return std::to_string(number);
  } catch (double number) {
    return std::to_string(number);
  } catch (...) {
    return "";
  }
}

// Of the signals that Guard takes for a crash; Debian 11's C library has no sigabbrev_np.
std::string signal_name(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGABRT: return "SIGABRT";
    case SIGTRAP: return "SIGTRAP";
    default: return "signal " + std::to_string(signal);
  }
}

}  // namespace

std::string readable(const char* mangled) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
  std::string name = text ? text.get() : mangled;
  erase_all(name, "[abi:", "]");  // of redefined types: see redefinition.hpp
  erase_all(name, "std::__cxx11::", "");
  return name.starts_with("$_") ? "lambda" : name;
}

std::string readable_symbol(const std::string& name) {
  return name.starts_with("_Z") ? readable(name.c_str()) : name;
}

Ending thrown(const std::exception* error) {
  Ending ending;
  ending.kind = Ending::Kind::thrown;
  const std::type_info* type = abi::__cxa_current_exception_type();
  ending.name = type ? readable(type->name()) : "unknown";
  if (dynamic_cast<const LinkError*>(error)) {
    ending.name = "LinkError";
  }
  ending.message = error ? error->what() : plain_message();
  return ending;
}

Ending crashed(int signal, const void* address) {
  Ending ending;
  ending.kind = Ending::Kind::crashed;
  ending.code = signal;
  ending.name = signal_name(signal);
  ending.message = strsignal(signal);
  if (signal == SIGSEGV || signal == SIGBUS) {
    char text[32];
    std::snprintf(text, sizeof text, "%p", address);
    ending.message += std::string(" at address ") + (address ? text : "0");
  }
  return ending;
}

}  // namespace quern
