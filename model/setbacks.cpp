#include "model/setbacks.hpp"

#include <algorithm>
#include <array>

#include "model/kinds.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::model {
namespace {

/// Events of these kinds say that something did not go as its caller wanted.
constexpr auto kSetbacks = std::to_array({sim::Kind::fault_injected, sim::Kind::ec2_error, kind::stop_failed,
                                          kind::stop_exhausted, kind::backup_failed, kind::restart_dropped});

/// Gives the event where a chain of causes began.
std::uint32_t root_of(const sim::Record& record, std::uint32_t event) {
  while (record.event(event).cause != 0) event = record.event(event).cause;
  return event;
}

/// Tells whether the event is `head` or one of its causes.
bool leads_to(const sim::Record& record, std::uint32_t event, std::uint32_t head) {
  while (head > event) head = record.event(head).cause;  // a cause has a lower number
  return head == event;
}

}  // namespace

/// Reads the events that were recorded since the last time.
void Setbacks::read_on() {
  const sim::Record::Events& events = record_.events();
  for (; read_ < events.size(); ++read_) {
    const sim::Event& event = events[read_];
    if (event.kind == sim::Kind::process_crash) crashes_.push_back(event.seq);
    if (sim::is_one_of(event.kind, kSetbacks)) met_[event.workspace].push_back(event.seq);
  }
}

/// Finds the last setback of the workspace, from the event `first` on. Restarts are dropped all the time: a drop is a
/// setback only of what began where one of these `roots` did.
std::uint32_t Setbacks::last_met(sim::Name workspace, const std::vector<std::uint32_t>& roots,
                                 std::uint32_t first) const {
  const auto known = met_.find(workspace);
  if (known == met_.end()) return 0;
  for (auto seq = known->second.rbegin(); seq != known->second.rend() && *seq >= first; ++seq) {
    const bool dropped = record_.event(*seq).kind == kind::restart_dropped;
    if (!dropped || sim::is_one_of(root_of(record_, *seq), roots)) return *seq;
  }
  return 0;
}

/// Finds what went wrong for the workspace since the first of these events began.
Setbacks::Last Setbacks::since_these_began(const std::vector<std::uint32_t>& decided_by, sim::Name workspace) {
  read_on();
  std::vector<std::uint32_t> roots;
  roots.reserve(decided_by.size());
  for (const std::uint32_t head : decided_by) roots.push_back(root_of(record_, head));
  const std::uint32_t first = roots.empty() ? 1 : *std::min_element(roots.begin(), roots.end());
  const bool crashed = !crashes_.empty() && crashes_.back() >= first;
  return {.met = last_met(workspace, roots, first), .crash = crashed ? crashes_.back() : 0};
}

std::vector<std::uint32_t> Setbacks::added_to(std::vector<std::uint32_t> decided_by, sim::Name workspace) {
  std::erase(decided_by, 0U);
  const Last last = since_these_began(decided_by, workspace);
  for (const std::uint32_t setback : {last.met, last.crash}) {
    if (setback != 0) decided_by.push_back(setback);
  }
  std::vector<std::uint32_t> heads;
  for (std::size_t i = 0; i < decided_by.size(); ++i) {
    const bool told = std::any_of(decided_by.begin(), decided_by.end(), [&](const std::uint32_t& other) {
      const bool is_twin = decided_by[i] == other;
      return is_twin ? &other < &decided_by[i] : leads_to(record_, decided_by[i], other);
    });
    if (!told) heads.push_back(decided_by[i]);
  }
  return heads;
}

}  // namespace drydock::model
