#include <exception>

#include "model/platform/platform.hpp"

// The provision gate (docs/platform.md §17.1): one mutex a workspace, never pruned and not re-entrant. Whoever replaces
// or launches an instance holds it; delete, pause, hibernate and the sweepers do not ask for it. Without
// `restart.provision_gate` it lets everybody through.

namespace drydock::model {

using sim::Task;

Task<void> Platform::pass_gate(WorkspaceKey key) {
  if (!policy_.restart_provision_gate) co_return;
  Gate& gate = gates_[key];
  while (gate.taken) {
    [[maybe_unused]] const bool left = co_await deps_.clock.wait(gate.left, sim::kNever);
  }
  gate.taken = true;
}

Task<void> Platform::leave_gate_after(WorkspaceKey key, Task<void> work) {
  std::exception_ptr panic;
  try {
    co_await std::move(work);
  } catch (...) {
    panic = std::current_exception();
  }
  Gate& gate = gates_[key];
  gate.taken = false;
  gate.left.notify_all();
  if (panic) std::rethrow_exception(panic);
}

}  // namespace drydock::model
