// SPDX-License-Identifier: Apache-2.0
// What a program has switched on in a terminal and would leave so, were it left: the other screen,
// a hidden cursor, reports of the mouse. Pure: sees the output, tells how to undo it.
//
// Knows the switches that programs use (DEC's private modes, the keypad). Never: changes output.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace quern {

class TerminalModes {
 public:
  void saw(std::string_view output);  // piece by piece, cut anywhere
  std::string undone() const;         // what to write so that a shell finds its terminal again

 private:
  void saw(char byte);
  void switched(bool on);

  enum class At { text, escape, bracket, numbers, other } at_ = At::text;
  std::string numbers_;
  std::set<int> changed_;  // modes that are not as in a fresh terminal
  bool keypad_ = false;
};

}  // namespace quern
