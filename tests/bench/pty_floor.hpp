// SPDX-License-Identifier: Apache-2.0
// The floor of a keystroke's echo, less the network: a key written to a bare terminal and read
// back.
#pragma once

namespace quern::bench {

class PtyFloor {
 public:
  PtyFloor();
  ~PtyFloor();
  PtyFloor(const PtyFloor&) = delete;
  PtyFloor& operator=(const PtyFloor&) = delete;

  void round_trip();

 private:
  int ours_ = -1;
  int programs_ = -1;
};

}  // namespace quern::bench
