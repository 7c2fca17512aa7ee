#pragma once

// What the woven sources ask: is this the mutant that this thread plays? Product code knows nothing of it. It is a
// thread-local because runs on several threads play several mutants, and because no World may have a field for it.

namespace drydock::mutants {

/// The number (`number_of` its name) of the mutant that is in effect on this thread; 0: none, the program as it is.
inline constinit thread_local int selected = 0;

[[nodiscard]] inline bool active(int number) { return selected == number; }

/// Puts a mutant in effect on this thread while it lives.
class Selected {
 public:
  explicit Selected(int number) : before_(selected) { selected = number; }
  Selected(const Selected&) = delete;
  Selected& operator=(const Selected&) = delete;
  ~Selected() { selected = before_; }

 private:
  int before_;
};

}  // namespace drydock::mutants
