#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sim/cloud/query/endpoint.hpp"
#include "sim/time.hpp"
#include "tests/sim/cloud_support.hpp"

namespace drydock::cloud::query {

/// An answer and its document.
struct Heard {
  explicit Heard(Answer its_answer) : answer(std::move(its_answer)) {
    parsed = document.load_buffer(answer.body.data(), answer.body.size(),
                                  pugi::parse_default | pugi::parse_ws_pcdata_single);
  }

  /// The text of the first node at an XPath; `(none)` where there is none.
  [[nodiscard]] std::string text(const std::string& path) const {
    const pugi::xpath_node found = document.select_node(path.c_str());
    return found ? found.node().text().get() : "(none)";
  }
  [[nodiscard]] sim::Log texts(const std::string& path) const {
    sim::Log log;
    for (const pugi::xpath_node& found : document.select_nodes(path.c_str()))
      log.emplace_back(found.node().text().get());
    return log;
  }
  [[nodiscard]] std::size_t count(const std::string& path) const { return document.select_nodes(path.c_str()).size(); }
  /// The code of an error; `none` for a success.
  [[nodiscard]] std::string code() const {
    const std::string code = text("/Response/Errors/Error/Code");
    return code == "(none)" ? "none" : code;
  }
  [[nodiscard]] std::string message() const { return text("/Response/Errors/Error/Message"); }

  Answer answer;
  pugi::xml_document document;
  pugi::xml_parse_result parsed;
};

inline Request posted(std::string body) {
  Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body = std::move(body);
  return request;
}

inline sim::Task<void> hear_answer(Endpoint* endpoint, sim::Context context, Request request,
                                   std::optional<Answer>* out) {
  Answer answer = co_await endpoint->serve(context, std::move(request));
  out->emplace(std::move(answer));
}

/// A region on the wire. Time zero is 19 May 2026.
struct WiredRegion : Region {
  explicit WiredRegion(const Profile& its_profile = fixed_profile(), sim::Tape tape = {})
      : Region(its_profile, std::move(tape)) {}

  /// Serves a request and stops when the answer is there.
  Answer serve(Request request, sim::Context context = {}) {
    std::optional<Answer> answer;
    rig.spawn(hear_answer(&endpoint, context, std::move(request), &answer));
    while (!answer && rig.scheduler.step(sim::kNever)) {
    }
    return answer ? std::move(*answer) : Answer{.status = 0, .headers = {}, .body = "no answer", .ending = {}};
  }
  /// Posts `Action=…` with the usual version.
  Heard ask(const std::string& query, sim::Context context = {}) {
    return Heard{serve(posted("Action=" + query + "&Version=2016-11-15"), context)};
  }
  /// Launches one instance and returns its id.
  std::string launched(const std::string& more = "") {
    return ask("RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=1&InstanceType=t3.micro" + more)
        .text("//instanceId");
  }
  void pass(sim::Duration time) { rig.run_until(rig.now() + time); }

  Endpoint endpoint{ec2, rig.scheduler, *sim::parse_rfc3339("2026-05-19T00:00:00Z")};
};

}  // namespace drydock::cloud::query
