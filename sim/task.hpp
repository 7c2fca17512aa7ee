#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "sim/check.hpp"
#include "sim/memory.hpp"

namespace drydock::sim {

/// Says where control goes next. A task that starts a child, or ends, leaves the next handle here and returns to the
/// scheduler's loop, which holds the only resume() of the code base. So the stack stays flat however deep tasks call
/// each other, under every compiler and sanitizer (symmetric transfer overflows it at -O0 with g++ 12).
struct Trampoline {
  std::coroutine_handle<> next;
  bool root_ended = false;
};

template <typename T>
class Task;

namespace detail {

/// A coroutine's frame is made and dropped with its promise's operators.
struct PromiseBase : Reused {
  Trampoline* trampoline = nullptr;
  std::coroutine_handle<> continuation;
  std::exception_ptr failure;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      PromiseBase& promise = ended.promise();
      if (promise.continuation) {
        promise.trampoline->next = promise.continuation;
      } else {
        promise.trampoline->root_ended = true;
      }
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }
  void rethrow_failure() const {
    if (failure) std::rethrow_exception(failure);
  }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    rethrow_failure();
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const { rethrow_failure(); }
};

}  // namespace detail

/// A lazy coroutine with a single owner: it runs when awaited, and dies, wherever it is parked, with its Task.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { destroy(); }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <typename Parent>
  void await_suspend(std::coroutine_handle<Parent> parent) noexcept {
    promise_type& promise = handle_.promise();
    promise.trampoline = parent.promise().trampoline;
    promise.continuation = parent;
    promise.trampoline->next = handle_;
  }
  T await_resume() { return handle_.promise().take(); }

  /// Makes this task the top of a tree of its own; only the scheduler starts roots.
  std::coroutine_handle<> start_on(Trampoline& trampoline) {
    DRYDOCK_CHECK(handle_, "a moved-from task was started");
    handle_.promise().trampoline = &trampoline;
    return handle_;
  }
  /// Rethrows the exception that escaped this root; does nothing when none did.
  void rethrow_failure() const { handle_.promise().rethrow_failure(); }

 private:
  void destroy() {
    if (handle_) handle_.destroy();
  }

  Handle handle_;
};

namespace detail {

template <typename T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>{std::coroutine_handle<Promise<T>>::from_promise(*this)};
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>{std::coroutine_handle<Promise<void>>::from_promise(*this)};
}

}  // namespace detail
}  // namespace drydock::sim
