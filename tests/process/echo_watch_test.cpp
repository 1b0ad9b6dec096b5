// SPDX-License-Identifier: Apache-2.0
#include "echo_watch.hpp"
#include "at_terminal.hpp"

using namespace quern;
using namespace quern::test;

namespace {

constexpr auto for_sure = 500ms;  // many looks long

// What is told of a script's terminal, in order.
class Watched {
 public:
  explicit Watched(std::string script) : at(std::move(script)) {
    at.wrote = [this] { watch.stir(); };
    boost::asio::co_spawn(at.world.io, watch.run(), [this](auto&&...) { over_ = true; });
  }
  ~Watched() {
    at.wrote = nullptr;
    watch.finish();
    at.world.step_until([this] { return over_; });
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void until_told(const std::string& what) {
    at.world.step_until([&] { return told == what; });
  }
  void a_while() { at.world.io.run_for(for_sure); }
  void type(const std::string& text) {
    at.terminal->write(text);
    watch.answered(text.ends_with('\n'));
  }

  AtTerminal at;
  std::string told;  // h: hidden, s: shown
  EchoWatch watch{
      at.world.io.get_executor(), *at.terminal, {[this] { told += 'h'; }, [this] { told += 's'; }}};

 private:
  bool over_ = false;
};

}  // namespace

TEST_CASE("a question whose answer is not to be seen is told once, and with all of its words") {
  Watched watched("stty -echo; printf 'Password: '; read a; stty echo; echo; cat");
  watched.until_told("h");
  CHECK(watched.at.output == "Password: ");
  watched.a_while();
  CHECK(watched.told == "h");
  watched.type("secret\n");
  watched.at.until_it_says("\r\n");
  watched.a_while();
  CHECK(watched.told == "h");
}

TEST_CASE("each key of an answer is none to another question") {
  Watched watched("stty -echo; printf 'Password: '; read a; echo got; exec sleep 600");
  watched.until_told("h");
  for (const char* key : {"k", "e", "y"}) {
    watched.type(key);
    watched.a_while();
  }
  CHECK(watched.told == "h");
}

TEST_CASE("a program that asks once more is told to, whether it says so or not") {
  Watched watched("stty -echo; printf 'Password: '; read a; printf 'Again: '; read a; read b; cat");
  watched.until_told("h");
  watched.type("secret\n");
  watched.until_told("hh");
  CHECK(watched.at.output == "Password: Again: ");
  watched.type("secret\n");
  watched.until_told("hhh");
}

TEST_CASE("a question that nobody answered is over when the input is shown again") {
  Watched watched("stty -echo; echo '?'; sleep 0.3; stty echo; cat");
  watched.until_told("h");
  watched.until_told("hs");
}

TEST_CASE("a terminal that shows what is typed, and one that takes bytes raw, asks nothing") {
  Watched watched("printf 'Name: '; read a; stty raw -echo; printf drawn; exec sleep 600");
  watched.a_while();
  watched.type("Ada\n");
  watched.at.until_it_says("drawn");
  watched.a_while();
  CHECK(watched.told.empty());
}
