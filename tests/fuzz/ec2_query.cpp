// Whatever the bytes of a request, its answer is a document of EC2's with a status, and later requests are answered.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "sim/cloud/query/endpoint.hpp"
#include "sim/cloud/query/xml.hpp"
#include "sim/cloud/sim_ec2.hpp"

namespace {

using namespace drydock;

sim::Task<void> serve(cloud::query::Endpoint* endpoint, cloud::query::Request request,
                      std::optional<cloud::query::Answer>* out) {
  const sim::Context context;
  cloud::query::Answer answer = co_await endpoint->serve(context, std::move(request));
  out->emplace(std::move(answer));
}

void check(const cloud::query::Answer& answer) {
  if (answer.status < 200 || answer.status > 599 || !cloud::query::fits_xml(answer.body)) std::abort();
  pugi::xml_document document;
  if (!document.load_buffer(answer.body.data(), answer.body.size())) std::abort();
}

}  // namespace

/// Each line of the input is a request: its target, or, after a `>`, its body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sim::Choices choices{sim::Tape{}};
  sim::Scheduler scheduler(choices);
  sim::Record record(scheduler, sim::world_kinds(), false, 1'000'000);
  sim::Calm adversary;
  const cloud::Profile profile;
  cloud::SimEc2 ec2(scheduler, choices, record, adversary, profile);
  cloud::query::Endpoint endpoint(ec2, scheduler, 1'779'148'800'000'000);
  sim::TaskGroup tasks(scheduler);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : line.size());
    cloud::query::Request request;
    if (line.starts_with('>')) {
      request.body = line.substr(1);
    } else {
      request.target = line;
    }
    std::optional<cloud::query::Answer> answer;
    scheduler.spawn(tasks, "request", serve(&endpoint, std::move(request), &answer));
    while (!answer && scheduler.step(sim::kNever)) {
    }
    if (!answer) std::abort();
    check(*answer);
  }
  return 0;
}
