// SPDX-License-Identifier: Apache-2.0
// A session as a file: source, Markdown, or a notebook of Jupyter's (nbformat 4). Pure.
#pragma once

#include "transcript.hpp"

#include <string>

namespace quern {

// The inputs of one language, one behind the other; programs of their own are left out.
std::string as_source(const std::deque<Cell>& cells, const std::string& lang);
std::string as_markdown(const std::deque<Cell>& cells);
// `title`: of the language that the notebook is said to be in; cells in others say theirs.
std::string as_notebook(const std::deque<Cell>& cells, const std::string& lang,
                        const std::string& title);

}  // namespace quern
