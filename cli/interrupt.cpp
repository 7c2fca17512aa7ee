#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace drydock::cli {
namespace {

std::atomic<bool> interrupt_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

extern "C" void on_interrupt(int) { interrupt_flag.store(true); }

}  // namespace

void watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
}

bool interrupted() { return interrupt_flag.load(); }

void set_interrupted(bool value) { interrupt_flag.store(value); }

}  // namespace drydock::cli
