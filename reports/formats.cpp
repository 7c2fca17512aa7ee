#include "reports/formats.hpp"

#include <array>

namespace drydock::reports {
namespace {

constexpr auto kKinds = std::to_array<ReportKind>({
    {"json", result_json},
});

}  // namespace

std::span<const ReportKind> report_kinds() { return kKinds; }

}  // namespace drydock::reports
