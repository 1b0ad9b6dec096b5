// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace quern::figures {
namespace {

struct Form {
  const char *mime, *terminal;
};
constexpr Form all_forms[] = {{"image/png", "pngcairo"}, {"image/svg+xml", "svg"}};

// A file of its own, gone with this.
class Scratch {
 public:
  Scratch() {
    const char* folder = std::getenv("TMPDIR");
    name_ = std::string(folder && *folder ? folder : "/tmp") + "/quern-figure-XXXXXX";
    const int fd = mkstemp(name_.data());
    if (fd < 0)
      error(
          "a figure cannot be shown, for no file can be made in the folder of temporary files: set "
          "TMPDIR");
    close(fd);
  }
  ~Scratch() { unlink(name_.c_str()); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& name() const { return name_; }
  std::string content() const {
    std::ifstream file(name_, std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }

 private:
  std::string name_;
};

std::string drawn(octave::interpreter& octave, const octave_value& figure, const Form& form) {
  const Scratch file;
  octave.feval("set", ovl(0, "currentfigure", figure));
  octave.feval("drawnow", ovl(form.terminal, file.name()));
  return file.content();
}

std::string title(octave::interpreter& octave, const octave_value& figure) {
  const std::string name = octave.feval("get", ovl(figure, "name"), 1)(0).string_value();
  std::ostringstream text;
  text << "Figure " << figure.double_value() << (name.empty() ? "" : ": ") << name;
  return text.str();
}

}  // namespace

void setup(octave::interpreter& octave) {
  octave.feval("set", ovl(0, "defaultfigurevisible", "off"));
  octave.feval("warning", ovl("off", "Octave:gnuplot-graphics"));
}

void show(Session& session) {
  octave::interpreter& octave = session.octave();
  const Matrix open = octave.feval("get", ovl(0, "children"), 1)(0).matrix_value();
  for (octave_idx_type i = open.numel(); i-- > 0;) {  // the oldest first
    const octave_value figure(open(i));
    if (octave.feval("get", ovl(figure, "__graphics_toolkit__"), 1)(0).string_value() !=
        "gnuplot") {
      octave.feval("graphics_toolkit", ovl(figure, "gnuplot"));
    }
    Frame frame("display");
    frame.text("text/plain", title(octave, figure));
    for (const Form& form : all_forms) frame.bytes(form.mime, drawn(octave, figure, form));
    octave.feval("close", ovl(figure));
    session.send(frame);
  }
}

}  // namespace quern::figures
