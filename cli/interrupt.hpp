#pragma once

namespace drydock::cli {

// The one global of the program: SIGINT can reach nothing else. It is set by the handler, and read
// between two cases; a case that is being played is played to its end, so that what was found is
// printed whole.

/// From now on the first Ctrl-C asks the program to end; the second ends it.
void watch_for_interrupt();

[[nodiscard]] bool interrupted();

/// Sets or clears the flag, for tests.
void set_interrupted(bool value);

}  // namespace drydock::cli
