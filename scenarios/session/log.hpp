#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/files/decoded.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

// The log of a session (`drydock.session/1`): NDJSON, a head, a line for each request in the order in which the world
// heard them, and a line at the end. Each line is written before its request is heard, so a session whose server was
// killed can be played up to there; without the last line it ends a minute after its last request. A world whose
// horizon is later goes on until then.

/// Writes the head: scenario, policy, settings, seed and decisions, as a tape has them.
[[nodiscard]] std::string session_head(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape);
/// Returns the log with these decisions in its head: of a session whose decisions were drawn while it lasted.
[[nodiscard]] std::string with_decisions(std::string_view log, const sim::Tape& tape);
/// Writes the line of a request.
[[nodiscard]] std::string session_line(const WireRequest& request);
/// Writes the last line: when the session ended.
[[nodiscard]] std::string session_end(Duration at);

/// Tells whether a text is the log of a session.
[[nodiscard]] bool is_session_log(std::string_view text);
/// Reads a log as the tape of its run. A last line without its line break is not read: its request was not heard.
[[nodiscard]] Decoded<TapeFile> decode_session_log(const std::string& file, std::string_view text);
/// Reads a tape file, or the log of a session.
[[nodiscard]] Decoded<TapeFile> decode_recording(const std::string& file, std::string_view text);

/// Returns the bytes that stand in a text as the characters U+0000 to U+00FF; nothing where it has others.
[[nodiscard]] std::optional<std::string> bytes_of(std::string_view text);

}  // namespace drydock::scenarios
