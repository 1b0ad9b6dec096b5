// SPDX-License-Identifier: Apache-2.0
// The door through which a mode says what happened. A run is one; tests record.
#pragma once

#include "event.hpp"

namespace quern {

class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;

  virtual void emit(Event event) = 0;
};

}  // namespace quern
