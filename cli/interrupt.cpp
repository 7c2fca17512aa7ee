#include "cli/interrupt.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace drydock::cli {
namespace {

constexpr std::array kAsksToEnd{SIGINT, SIGTERM, SIGHUP};
constexpr std::int64_t kSameRequestNs = 1'000'000'000;

std::atomic<int> interrupting_signal{0};
std::atomic<std::int64_t> interrupted_at_ns{0};
std::atomic<const char*> removed_when_killed{nullptr};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free &&
                  std::atomic<const char*>::is_always_lock_free,
              "a signal handler may not wait for a lock");

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Calls nothing but what signal-safety(7) lists.
extern "C" void on_signal(int number) {
  const int saved = errno;
  const std::int64_t now = monotonic_ns();
  std::int64_t first = 0;
  if (interrupted_at_ns.compare_exchange_strong(first, now)) {
    interrupting_signal.store(number);
  } else if (number == SIGINT && now - first >= kSameRequestNs) {
    if (const char* path = removed_when_killed.load(); path != nullptr) unlink(path);
    std::signal(number, SIG_DFL);
    raise(number);  // once this handler has returned
  }
  errno = saved;
}

bool is_ignored(int number) {
  struct sigaction before {};
  return sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
}

}  // namespace

void watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int number : kAsksToEnd) sigaddset(&action.sa_mask, number);
  action.sa_flags = SA_RESTART;
  for (const int number : kAsksToEnd) {
    if (!is_ignored(number)) sigaction(number, &action, nullptr);
  }
}

bool interrupted() { return interrupting_signal.load() != 0; }

int interrupted_exit_code() {
  const int number = interrupting_signal.load();
  return 128 + (number == 0 ? SIGINT : number);
}

void set_interrupted(bool value) { set_interrupted_by(value ? SIGINT : 0); }
void set_interrupted_by(int signal) {
  interrupted_at_ns.store(signal == 0 ? 0 : monotonic_ns());
  interrupting_signal.store(signal);
}

RemovedWhenKilled::RemovedWhenKilled(const char* path) { removed_when_killed.store(path); }
RemovedWhenKilled::~RemovedWhenKilled() { removed_when_killed.store(nullptr); }

}  // namespace drydock::cli
