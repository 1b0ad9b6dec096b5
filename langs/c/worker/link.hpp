// SPDX-License-Identifier: Apache-2.0
//
// What the linker would have to say: which names a snippet's code needs that nothing defines, asked
// before the code is linked.
//
// A failed link cannot be taken back: it spoils what other snippets have in common with that one.
// Stateless. Compiles nothing and runs nothing.
#pragma once

#include <string>
#include <vector>

namespace llvm {
class Module;
namespace orc {
class LLJIT;
}
}  // namespace llvm

namespace quern {

// As people write them.
std::vector<std::string> undefined_names(const llvm::Module& code, llvm::orc::LLJIT& engine);

}  // namespace quern
