#pragma once

#include <string>

#include "reports/sweep.hpp"

namespace drydock::reports {

/// An `SvgPlace` says where the picture is to stand: a file of its own brings its colours for light and dark with it; a
/// picture within a page takes the colours of the page.
enum class SvgPlace : unsigned char { file, page };

/// Draws the grid as a picture: the first axis from left to right, the second upwards, every cell with its value, and
/// its interval when one points at it; the cliff is a line. With one axis it is a row of cells. Where cells are too
/// many for a number in each, the scale beside the picture says what a shade is.
[[nodiscard]] std::string sweep_svg(const SweepReport& report, SvgPlace place);

}  // namespace drydock::reports
