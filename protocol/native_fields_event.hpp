// SPDX-License-Identifier: Apache-2.0
// The field tables of all events. What stands in `ev` may depend on a field (an Output is "stdout"
// or "stderr"): ev_name says it, and event_named gives back an event with that field set.
#pragma once

#include "native_shapes.hpp"

#include "event.hpp"

namespace quern::native {

inline constexpr Integer<std::uint16_t> any_cells{};

struct Microseconds {
  std::string expected() const { return "an integer"; }
  bool read(const msgpack::object& from, std::chrono::microseconds& to, Fault& fault) const {
    std::int64_t count = 0;
    if (!Integer<std::int64_t>{}.read(from, count, fault)) return false;
    to = std::chrono::microseconds(count);
    return true;
  }
  void write(Packer& out, std::chrono::microseconds value) const {
    out.pack(std::int64_t{value.count()});
  }
};
template <>
struct ShapeFor<std::chrono::microseconds> {
  using type = Microseconds;
};

std::string_view ev_name(const Event& event);
std::optional<Event> event_named(std::string_view ev);
inline constexpr std::string_view context_ev = "context";

// The keys of every event of a run.
template <>
struct Table<Stamped> {
  static void fields(auto& v) {
    v.required("run", &Stamped::run);
    v.required("seq", &Stamped::seq);
    v.required("t", &Stamped::t);
  }
};

template <>
struct Table<Accepted> {
  static void fields(auto& v) {
    v.required("queued", &Accepted::queued);
    v.required("cwd", &Accepted::cwd, Bytes{});
    v.required("meta", &Accepted::meta);
    v.required("wall", &Accepted::wall_us);
  }
};
template <>
struct Table<Started> {
  static void fields(auto& v) {
    v.required("pid", &Started::pid);
    v.optional("phase", &Started::phase);
  }
};
template <>
struct Table<StepFinished> {
  static void fields(auto& v) {
    v.nullable("exit", &StepFinished::exit);
    v.nullable("signal", &StepFinished::signal);
  }
};
template <>
struct Table<Output> {
  static void fields(auto& v) {
    v.required("off", &Output::off);
    v.optional("late", &Output::late);
    v.body(&Output::bytes);
  }
};
template <>
struct Table<Part> {
  static void fields(auto& v) {
    v.required("mime", &Part::mime);
    v.required("size", &Part::size);
  }
};
template <>
struct Table<Shown> {
  static void fields(auto& v) {
    v.required("parts", &Shown::parts);
    v.required("metadata", &Shown::metadata);
    v.optional("display", &Shown::display);
    v.optional("update", &Shown::update);
    v.body(&Shown::bytes);
  }
  static bool holds(const Shown& shown, Fault& fault) {
    std::uint64_t left = shown.bytes.size();
    for (const Part& part : shown.parts) {
      if (part.size > left) return fault.says("the sizes in `parts` add up to more than the body.");
      left -= part.size;
    }
    return left == 0 || fault.says("the sizes in `parts` add up to less than the body.");
  }
};
template <>
struct Table<Cleared> {
  static void fields(auto& v) { v.required("wait", &Cleared::wait); }
};
template <>
struct Table<ErrorRaised> {
  static void fields(auto& v) {
    v.required("kind", &ErrorRaised::kind);
    v.required("name", &ErrorRaised::name);
    v.required("message", &ErrorRaised::message);
    v.required("traceback", &ErrorRaised::traceback);
    v.optional("file", &ErrorRaised::file, Bytes{});
    v.optional("line", &ErrorRaised::line);
    v.optional("column", &ErrorRaised::column);
  }
};
template <>
struct Table<WaitingInput> {
  static void fields(auto& v) {
    v.required("prompt_id", &WaitingInput::prompt_id);
    v.required("prompt", &WaitingInput::prompt);
    v.required("password", &WaitingInput::password);
    v.required("source", &WaitingInput::source);
  }
};
template <>
struct Table<InputTaken> {
  static void fields(auto& v) {
    v.required("prompt_id", &InputTaken::prompt_id);
    v.required("outcome", &InputTaken::outcome);
  }
};
template <>
struct Table<Resized> {
  static void fields(auto& v) {
    v.required("rows", &Resized::rows, any_cells);
    v.required("cols", &Resized::cols, any_cells);
  }
};
template <>
struct Table<Progressed> {
  static void fields(auto& v) {
    v.required("current", &Progressed::current);
    v.required("total", &Progressed::total);
    v.required("label", &Progressed::label);
  }
};
template <>
struct Table<Note> {
  static void fields(auto& v) {
    v.required("kind", &Note::kind);
    v.required("text", &Note::text);
  }
};
template <>
struct Table<Gap> {
  static void fields(auto& v) {
    v.required("from", &Gap::from);
    v.required("to", &Gap::to);
    v.required("bytes", &Gap::bytes);
  }
};
template <>
struct Table<Usage> {
  static void fields(auto& v) {
    v.required("wall_ms", &Usage::wall);
    v.required("cpu_ms", &Usage::cpu);
    v.required("max_rss", &Usage::max_rss);
  }
};
template <>
struct Table<ErrorSummary> {
  static void fields(auto& v) {
    v.required("name", &ErrorSummary::name);
    v.required("message", &ErrorSummary::message);
  }
};
template <>
struct Table<Finished> {
  static void fields(auto& v) {
    v.required("status", &Finished::status);
    v.required("cause", &Finished::cause);
    v.nullable("exit", &Finished::exit);
    v.nullable("signal", &Finished::signal);
    v.required("usage", &Finished::usage);
    v.group("bytes", [](auto& bytes) {
      bytes.required("stdout", &Finished::stdout_bytes);
      bytes.required("stderr", &Finished::stderr_bytes);
    });
    v.optional("error", &Finished::error);
    v.optional("context", &Finished::context);
    v.optional("open", &Finished::open);
  }
};
template <>
struct Table<Closed> {
  static void fields(auto&) {}
};

template <>
struct Table<ContextChanged> {
  static void fields(auto& v) {
    v.required("lang", &ContextChanged::lang);
    v.required("ctx", &ContextChanged::ctx);
    v.required("gen", &ContextChanged::gen);
    v.required("state", &ContextChanged::state);
    v.required("cause", &ContextChanged::cause);
  }
};

}  // namespace quern::native
