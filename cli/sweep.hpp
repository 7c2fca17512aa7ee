#pragma once

#include <functional>

#include "cli/commands.hpp"
#include "scenarios/whatif/measure.hpp"
#include "scenarios/whatif/sweep.hpp"
#include "scenarios/whatif/variation.hpp"

namespace drydock::cli {

/// Is `scenarios::point_of`; a test may put something else in its place.
using PointMaker =
    std::function<scenarios::Point(const scenarios::Varied& varied, const scenarios::Measurement& measurement)>;
int sweep_with(const Arguments& arguments, Console& console, const PointMaker& point_of);

}  // namespace drydock::cli
