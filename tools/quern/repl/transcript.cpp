// SPDX-License-Identifier: Apache-2.0
#include "transcript.hpp"

#include "limits.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr std::size_t most_of_a_cell = 8 * mib;  // some pictures, or more text than anybody reads
constexpr std::size_t most_of_all = 64 * mib;

std::size_t size_of_outcome(const ErrorRaised& error) {
  std::size_t size = error.name.size() + error.message.size();
  for (const std::string& entry : error.traceback) size += entry.size();
  return size;
}

}  // namespace

void Transcript::begin(const Job& job) {
  Cell cell;
  cell.number = job.number;
  cell.run = job.name;
  cell.mode = job.mode;
  cell.place = job.place;
  cell.code = job.code;
  cells_.push_back(std::move(cell));
}

void Transcript::drop(const std::string& run) {
  if (!cells_.empty() && cells_.back().run == run) cells_.pop_back();
}

void Transcript::take(const std::string& run, const Event& event) {
  const auto at = std::find_if(cells_.rbegin(), cells_.rend(),
                               [&](const Cell& cell) { return cell.run == run; });
  if (at == cells_.rend()) return;
  if (const auto* output = std::get_if<Output>(&event)) {
    add(*at, *output, output->bytes.size());
  } else if (const auto* shown = std::get_if<Shown>(&event)) {
    if (!shown->update || !update(*shown, at->place)) add(*at, *shown, shown->bytes.size());
  } else if (const auto* error = std::get_if<ErrorRaised>(&event)) {
    add(*at, *error, size_of_outcome(*error));
  } else if (std::holds_alternative<Cleared>(event)) {
    bytes_ -= at->bytes;
    at->bytes = 0;
    at->outcome.clear();
  }
}

void Transcript::add(Cell& cell, Event event, std::size_t size) {
  if (cell.bytes + size > most_of_a_cell) {
    cell.cut = true;
    return;
  }
  // Small writes are most of what programs do: a text each, not an event each.
  auto* last = cell.outcome.empty() ? nullptr : std::get_if<Output>(&cell.outcome.back());
  const auto* now = std::get_if<Output>(&event);
  if (last && now && last->stream == now->stream && last->bytes.size() < 4 * kib)
    last->bytes = Blob(std::string(last->bytes.view()) + std::string(now->bytes.view()));
  else
    cell.outcome.push_back(std::move(event));
  cell.bytes += size;
  bytes_ += size;
  make_room();
}

// What a display shows now stands where it stood last.
bool Transcript::update(const Shown& shown, const Place& place) {
  for (auto cell = cells_.rbegin(); cell != cells_.rend(); ++cell) {
    if (cell->place != place) continue;
    for (Event& event : cell->outcome) {
      auto* old = std::get_if<Shown>(&event);
      if (!old || old->display != shown.display) continue;
      const std::size_t before = old->bytes.size();
      if (cell->bytes - before + shown.bytes.size() > most_of_a_cell) return true;
      cell->bytes += shown.bytes.size() - before;
      bytes_ += shown.bytes.size() - before;
      old->parts = shown.parts;
      old->bytes = shown.bytes;
      return true;
    }
  }
  return false;
}

void Transcript::make_room() {
  for (Cell& cell : cells_) {
    if (bytes_ <= most_of_all) return;
    if (cell.outcome.empty()) continue;
    bytes_ -= cell.bytes;
    cell.bytes = 0;
    cell.outcome.clear();
    cell.cut = true;
  }
}

}  // namespace quern
