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

struct Setbacks {
  std::uint32_t met = 0;    // the last fault, refusal or drop
  std::uint32_t crash = 0;  // the last crash of a process
};

/// Tells whether the event is a setback of the workspace. Restarts are dropped all the time: a drop is a setback only
/// of what began where one of these `roots` did.
bool is_setback(const sim::Record& record, const sim::Event& event, sim::Name workspace,
                const std::vector<std::uint32_t>& roots) {
  if (event.workspace != workspace || !sim::is_one_of(event.kind, kSetbacks)) return false;
  return event.kind != kind::restart_dropped || sim::is_one_of(root_of(record, event.seq), roots);
}

/// Finds what went wrong for the workspace since the first of these events began.
Setbacks setbacks_of(const sim::Record& record, const std::vector<std::uint32_t>& decided_by, sim::Name workspace) {
  std::vector<std::uint32_t> roots;
  roots.reserve(decided_by.size());
  for (const std::uint32_t head : decided_by) roots.push_back(root_of(record, head));
  const std::uint32_t first = roots.empty() ? 1 : *std::min_element(roots.begin(), roots.end());
  Setbacks last;
  for (auto seq = static_cast<std::uint32_t>(record.events().size()); seq >= first && seq != 0; --seq) {
    const sim::Event& event = record.event(seq);
    if (last.crash == 0 && event.kind == sim::Kind::process_crash) last.crash = seq;
    if (last.met == 0 && is_setback(record, event, workspace, roots)) last.met = seq;
    if (last.crash != 0 && last.met != 0) break;
  }
  return last;
}

/// Tells whether the event is `head` or one of its causes.
bool leads_to(const sim::Record& record, std::uint32_t event, std::uint32_t head) {
  while (head > event) head = record.event(head).cause;  // a cause has a lower number
  return head == event;
}

}  // namespace

std::vector<std::uint32_t> with_setbacks(const sim::Record& record, std::vector<std::uint32_t> decided_by,
                                         sim::Name workspace) {
  std::erase(decided_by, 0U);
  const Setbacks last = setbacks_of(record, decided_by, workspace);
  for (const std::uint32_t setback : {last.met, last.crash}) {
    if (setback != 0) decided_by.push_back(setback);
  }
  std::vector<std::uint32_t> heads;
  for (std::size_t i = 0; i < decided_by.size(); ++i) {
    const bool told = std::any_of(decided_by.begin(), decided_by.end(), [&](const std::uint32_t& other) {
      const bool is_twin = decided_by[i] == other;
      return is_twin ? &other < &decided_by[i] : leads_to(record, decided_by[i], other);
    });
    if (!told) heads.push_back(decided_by[i]);
  }
  return heads;
}

}  // namespace drydock::model
