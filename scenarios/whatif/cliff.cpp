#include "scenarios/whatif/cliff.hpp"

namespace drydock::scenarios {

Crossing bisect(Crossing crossing, std::int64_t resolution,
                const std::function<std::optional<Side>(std::int64_t position)>& look) {
  while (crossing.right.position - crossing.left.position > resolution) {
    const std::int64_t middle = crossing.left.position + (crossing.right.position - crossing.left.position) / 2;
    std::int64_t place = middle - middle % resolution;
    if (place <= crossing.left.position) place += resolution;
    if (place >= crossing.right.position) break;
    const auto side = look(place);
    if (!side) break;
    (side->holds == crossing.left.holds ? crossing.left : crossing.right) = *side;
  }
  return crossing;
}

}  // namespace drydock::scenarios
