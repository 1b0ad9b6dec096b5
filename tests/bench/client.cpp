// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include "program.hpp"

#include <stdexcept>

namespace quern::bench {

namespace {

// Not so often that acknowledging is what is measured, and well within the window.
constexpr std::uint64_t acknowledge_every = 1 << 20;

std::string_view view(const zmq::message_t& frame) {
  return {static_cast<const char*>(frame.data()), frame.size()};
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("the daemon said: " + result.error().message);
  return std::move(*result);
}

const Finished* ended(const Event& event, const std::string& id) {
  const auto* finished = std::get_if<Finished>(&event);
  if (finished && finished->status != FinishedStatus::ok)
    throw std::runtime_error("run " + id + " did not end well: " + finished->cause);
  return finished;
}

}  // namespace

Client::Client(zmq::context_t& context, const std::string& endpoint)
    : socket_(context, zmq::socket_type::dealer) {
  socket_.set(zmq::sockopt::rcvtimeo,
              static_cast<int>(std::chrono::milliseconds(patience).count()));
  socket_.set(zmq::sockopt::linger, 0);
  socket_.connect(endpoint);
}

void Client::send(const Request& request) {
  Frames frames = encode_request(request);
  socket_.send(zmq::buffer(frames.head), zmq::send_flags::sndmore);
  socket_.send(zmq::buffer(frames.body.data(), frames.body.size()), zmq::send_flags::none);
}

void Client::take() {
  if (!socket_.recv(head_) || !socket_.recv(body_))
    throw std::runtime_error("the daemon does not answer");
}

Finished Client::run(StartRun spec, const Heard& heard) {
  const std::string id = next_id();
  send({id, std::move(spec), std::exchange(acks_, {})});
  for (;;) {
    take();
    const HeadKind kind = must(peek_head(view(head_)));
    if (kind.id != id || kind.kind == HeadKind::Kind::context) continue;
    if (kind.kind == HeadKind::Kind::reply) {
      must(decode_reply<RunReply>(view(head_), view(body_)));
      continue;
    }
    if (kind.ev == "accepted" || kind.ev == "started") continue;  // they tell us nothing
    const Stamped event = must(decode_event(view(head_), view(body_)));
    if (heard) heard(event.event);
    if (const Finished* finished = ended(event.event, id)) {
      acks_ = {{id, event.seq}};  // goes with the next
      return *finished;
    }
  }
}

std::uint64_t Client::drink(StartRun spec) {
  const std::string id = next_id();
  spec.window = max_window;
  send({id, std::move(spec)});
  std::uint64_t drunk = 0;
  std::uint64_t acknowledged = 0;
  for (;;) {
    take();
    const HeadKind kind = must(peek_head(view(head_)));
    if (kind.kind != HeadKind::Kind::event || kind.id != id) continue;
    const Stamped event = must(decode_event(view(head_), {}));
    if (std::holds_alternative<Output>(event.event)) drunk += body_.size();
    const bool end = ended(event.event, id) != nullptr;
    if (end || drunk - acknowledged >= acknowledge_every) {
      acknowledged = drunk;
      send({next_id(), Ack{id, event.seq}});
    }
    if (end) return drunk;
  }
}

void Client::open_terminal(StartRun spec) {
  terminal_ = next_id();
  send({terminal_, std::move(spec), {}});
  for (;;) {
    take();
    const HeadKind kind = must(peek_head(view(head_)));
    if (kind.id == terminal_ && kind.ev == "started") return;
    if (kind.id == terminal_ && kind.kind == HeadKind::Kind::reply)
      must(decode_reply<RunReply>(view(head_), view(body_)));
  }
}

void Client::type(char key) {
  Input input;
  input.run = terminal_;
  input.bytes = std::string(1, key);
  send({next_id(), std::move(input), {}});
  for (;;) {
    take();
    const HeadKind kind = must(peek_head(view(head_)));
    if (kind.id == terminal_ && kind.ev == "stdout") return;
  }
}

template <class T>
T Client::answer(const Request& request) {
  send(request);
  for (;;) {
    take();
    const HeadKind kind = must(peek_head(view(head_)));
    if (kind.kind == HeadKind::Kind::reply && kind.id == request.id)
      return must(decode_reply<T>(view(head_), view(body_)));
  }
}

StatusReply Client::status() { return answer<StatusReply>({next_id(), Status{}}); }

void Client::close_context(const std::string& lang, const std::string& ctx) {
  answer<ContextReply>({next_id(), CloseContext{lang, ctx}});
}

StartRun query(std::string code, std::string ctx) {
  StartRun spec;
  spec.mode = RunMode::query;
  spec.lang = "python";
  spec.code = std::move(code);
  spec.ctx = std::move(ctx);
  return spec;
}

StartRun terminal(Argv command) {
  StartRun spec;
  spec.mode = RunMode::tty;
  spec.command = std::move(command);
  return spec;
}

StartRun batch(Step exec) {
  StartRun spec;
  spec.mode = RunMode::batch;
  spec.exec = std::move(exec);
  return spec;
}

}  // namespace quern::bench
