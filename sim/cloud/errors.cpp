#include "sim/cloud/errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace drydock::cloud {
namespace {

struct Status {
  std::string_view code;
  int http{};
};

constexpr std::array<Status, 17> kStatuses{{{"RequestLimitExceeded", 503},
                                            {"ServiceUnavailable", 503},
                                            {"Unavailable", 503},
                                            {"InternalError", 500},
                                            {"InternalFailure", 500},
                                            {"ServerInternal", 500},
                                            {"InsufficientInstanceCapacity", 500},
                                            {"InsufficientVolumeCapacity", 500},
                                            {"InsufficientAddressCapacity", 500},
                                            {"InsufficientHostCapacity", 500},
                                            {"UnauthorizedOperation", 403},
                                            {"DryRunOperation", 412},
                                            {"reset", 0},
                                            {"closed", 0},
                                            {"cut", 0},
                                            {"timeout", 0},
                                            {"RequestTimeout", 0}}};

}  // namespace

int error_status(std::string_view code) {
  constexpr std::string_view http = "http-";
  if (code.starts_with(http)) {
    int status = 0;
    std::from_chars(code.data() + http.size(), code.data() + code.size(), status);
    return status;
  }
  const auto* found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const Status& status) { return status.code == code; });
  return found == kStatuses.end() ? 400 : found->http;
}

}  // namespace drydock::cloud
