#pragma once

#include <string>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "tests/support/late_launch.hpp"

namespace drydock::cli {

/// The text of a tape of `test::kLateLaunch`, which breaks its promise or does not.
inline std::string late_tape(bool broken) {
  const auto decoded = scenarios::decode_scenario("small", test::kLateLaunch);
  sim::Tape tape;
  tape.set("w/request", 2, 1);
  if (broken) tape.set("w/request", 4, 2);
  scenarios::Workbench workbench;
  const auto& played = decoded.value->cases.front();
  return scenarios::encode_tape(*decoded.value, played, scenarios::run(*decoded.value, played, tape, {}, workbench));
}

}  // namespace drydock::cli
