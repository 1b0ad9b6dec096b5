// SPDX-License-Identifier: Apache-2.0
#include "native_codec.hpp"
#include "native_fields_event.hpp"
#include "native_writer.hpp"

namespace quern {
namespace native {
namespace {

struct EvName {
  std::string_view operator()(const Accepted&) const { return "accepted"; }
  std::string_view operator()(const Started&) const { return "started"; }
  std::string_view operator()(const StepFinished& step) const {
    return step.phase == Phase::build ? "build-finished" : "clean-finished";
  }
  std::string_view operator()(const Output& output) const { return name(output.stream); }
  std::string_view operator()(const Shown& shown) const {
    return shown.result ? "result" : "display";
  }
  std::string_view operator()(const Cleared&) const { return "clear"; }
  std::string_view operator()(const ErrorRaised&) const { return "error"; }
  std::string_view operator()(const WaitingInput&) const { return "waiting-input"; }
  std::string_view operator()(const InputTaken&) const { return "input-taken"; }
  std::string_view operator()(const Resized&) const { return "resized"; }
  std::string_view operator()(const Progressed&) const { return "progress"; }
  std::string_view operator()(const Note&) const { return "note"; }
  std::string_view operator()(const Gap&) const { return "gap"; }
  std::string_view operator()(const Finished&) const { return "finished"; }
  std::string_view operator()(const Closed&) const { return "closed"; }
};

template <class T, class M>
Event with(M T::* member, M value) {
  T event;
  event.*member = value;
  return event;
}

Error bad(std::string sentence) { return {ErrorCode::bad_request, std::move(sentence)}; }

template <std::size_t... I>
std::optional<Event> plain_event(std::string_view ev, std::index_sequence<I...>) {
  std::optional<Event> event;
  (void)((EvName{}(std::variant_alternative_t<I, Event>{}) == ev &&
          (event.emplace(std::in_place_index<I>), true)) ||
         ...);
  return event;
}

}  // namespace

std::string_view ev_name(const Event& event) { return std::visit(EvName{}, event); }

std::optional<Event> event_named(std::string_view ev) {
  // These share their types with others, and default construction gives only those.
  for (Event sibling : {with(&StepFinished::phase, Phase::clean),
                        with(&Output::stream, Stream::err), with(&Shown::result, true)})
    if (ev_name(sibling) == ev) return sibling;
  return plain_event(ev, std::make_index_sequence<std::variant_size_v<Event>>{});
}

}  // namespace native

Frames encode_event(const Stamped& stamped) {
  using namespace native;
  HeadBuffer buffer;
  buffer.reserve(160);
  Packer out(buffer);
  const std::size_t at = buffer.open_map();
  pack_valid_text(out, "ev");
  pack_valid_text(out, ev_name(stamped.event));
  Writer<Stamped> common(out, stamped);
  Table<Stamped>::fields(common);
  return std::visit(
      [&]<class T>(const T& event) {
        Writer<T> own(out, event);
        Table<T>::fields(own);
        buffer.close_map(at, 1 + common.entries() + own.entries());
        return Frames{buffer.take(), own.take_body()};
      },
      stamped.event);
}

Frames encode_context(const ContextChanged& event) {
  using namespace native;
  HeadBuffer buffer;
  Packer out(buffer);
  const std::size_t at = buffer.open_map();
  pack_valid_text(out, "ev");
  pack_valid_text(out, context_ev);
  Writer<ContextChanged> writer(out, event);
  Table<ContextChanged>::fields(writer);
  buffer.close_map(at, 1 + writer.entries());
  return {buffer.take(), {}};
}

Result<Stamped> decode_event(std::string_view head_bytes, std::string_view body) {
  using namespace native;
  const auto head = Head::parse(head_bytes, max_frame);
  if (!head) return head.error();
  Fault fault;
  std::string ev;
  const auto* ev_key = find(head->map(), "ev");
  if (!ev_key) return bad("The key `ev` is missing; this is no event.");
  if (!Text{}.read(*ev_key, ev, fault)) return bad((fault.within("ev"), "The " + fault.sentence()));
  auto event = event_named(ev);
  if (!event)
    return bad("There is no event " + in_quotes(ev) + " in this version of the protocol.");

  Stamped stamped;
  const bool whole =
      read_struct(head->map(), body, stamped, fault) &&
      std::visit([&](auto& own) { return read_struct(head->map(), body, own, fault); }, *event);
  if (!whole) return bad("`" + ev + "`: " + fault.sentence());
  stamped.event = std::move(*event);
  return stamped;
}

Result<ContextChanged> decode_context(std::string_view head_bytes) {
  using namespace native;
  const auto head = Head::parse(head_bytes, max_frame);
  if (!head) return head.error();
  std::string ev;
  Fault fault;
  const auto* ev_key = find(head->map(), "ev");
  if (!ev_key || !Text{}.read(*ev_key, ev, fault) || ev != context_ev)
    return bad("This is no `context` event.");
  ContextChanged event;
  if (!read_struct(head->map(), {}, event, fault)) return bad("`context`: " + fault.sentence());
  return event;
}

Result<HeadKind> peek_head(std::string_view head_bytes) {
  using namespace native;
  const auto head = Head::parse(head_bytes, max_frame);
  if (!head) return head.error();
  std::string text;
  Fault fault;
  if (const auto* re = find(head->map(), "re")) {
    if (!Text{}.read(*re, text, fault)) return bad((fault.within("re"), "The " + fault.sentence()));
    return HeadKind{HeadKind::Kind::reply, std::move(text), ""};
  }
  const auto* ev = find(head->map(), "ev");
  if (!ev || !Text{}.read(*ev, text, fault))
    return bad("This is neither a reply (`re`) nor an event (`ev`).");
  if (text == context_ev) return HeadKind{HeadKind::Kind::context, "", std::move(text)};
  const auto* named = find(head->map(), "run");
  std::string run;
  if (!named || !Text{}.read(*named, run, fault))
    return bad("The event " + in_quotes(text) + " names no `run`.");
  return HeadKind{HeadKind::Kind::event, std::move(run), std::move(text)};
}

}  // namespace quern
