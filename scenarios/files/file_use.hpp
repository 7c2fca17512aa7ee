#pragma once

#include <string>

namespace drydock::scenarios {

// Nothing that a command reads is replaced by what it writes. What a file is read or written as says nothing: a policy
// may be named by a case, and a name may be a link. So whoever opens a file of the user's says so here, and files are
// told apart by device and number. This is the one state that the process has besides its signals (cli/interrupt.hpp);
// a command begins by forgetting it. Any thread may call these.

/// Forgets what was read and what is to be written.
void forget_file_use();

/// Notes that the open file is read by this name. Gives the option by which the same file is to be written; empty where
/// it is not.
[[nodiscard]] std::string note_read(const std::string& name, int descriptor);

/// Notes that a file is to be written at `path`, because of the option `what` as it was given. Gives the name by which
/// that very file was read before; empty where it was not.
[[nodiscard]] std::string note_to_be_written(const std::string& what, const std::string& path);

/// Gives the name by which the file that stands at `path` was read; empty where it was not, or where there is none.
[[nodiscard]] std::string read_as(const std::string& path);

}  // namespace drydock::scenarios
