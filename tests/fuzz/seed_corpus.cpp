// SPDX-License-Identifier: Apache-2.0
// Writes the fuzzer's seeds from the table of examples: seed_corpus FOLDER. Run it after the table
// has changed; its files are kept in corpus/native_codec.
#include "specimens.hpp"

#include <fstream>
#include <iostream>

namespace {

bool write(const std::string& path, const std::string& head, const std::string& body) {
  std::ofstream file(path, std::ios::binary);
  file.put(static_cast<char>(head.size() >> 8)).put(static_cast<char>(head.size() & 0xFF));
  file << head << body;
  return static_cast<bool>(file.flush());
}

template <class T>
bool write_all(const std::string& prefix,
               const std::vector<quern::specimens::Specimen<T>>& specimens) {
  std::size_t number = 0;
  for (const auto& specimen : specimens)
    if (!write(prefix + std::to_string(++number), quern::specimens::packed(specimen.head),
               specimen.body))
      return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seed_corpus FOLDER\n";
    return 2;
  }
  using namespace quern;
  const std::string folder = std::string(argv[1]) + "/";
  const ContextChanged lost{"python", "main", 3, ContextState::lost, "It was killed."};
  const bool written = write_all(folder + "request-", specimens::requests()) &&
                       write_all(folder + "event-", specimens::events()) &&
                       write_all(folder + "reply-", specimens::replies()) &&
                       write(folder + "context-1", encode_context(lost).head, "");
  if (!written) std::cerr << "Cannot write into " << argv[1] << ".\n";
  return written ? 0 : 1;
}
