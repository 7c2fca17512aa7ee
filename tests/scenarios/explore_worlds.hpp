#pragma once

#include <string>

namespace drydock::scenarios {

/// Two workspaces for a minute, and the body of an `explore` section.
inline std::string open_scenario(const std::string& explore, const std::string& policy = "spring-2026",
                                 const std::string& horizon = "1m") {
  return R"({"format": "drydock.scenario/1", "name": "small", "title": "Small", "horizon": ")" + horizon +
         R"(", "calm": "2m",
    "workspaces": [{"id": "dev", "parent": "pm"}, {"id": "pm", "secrets": {"API_KEY": "one"}}],
    "traffic": [{"kind": "a2a", "from": "pm", "to": "dev", "every": "15s", "start": "4s"}])" +
         (explore.empty() ? "" : R"(, "explore": {)" + explore + "}") + R"(, "cases": [{"policy": ")" + policy +
         R"(", "expect": []}]})";
}

/// The body of an `explore` section in which much may happen.
inline constexpr const char* kBusy =
    R"("faults": ["cp.stop:http-503", "cp.stop:timeout:applied", "agent.heartbeat:timeout",
                  "process.platform:crash", "instance:dies"], "max_faults": 3,
       "requests": ["PUT /workspaces/{w}/secrets", "POST /workspaces/{w}/restart",
                    "POST /workspaces/{w}/pause", "POST /workspaces/{w}/resume"],
       "max_requests": 4)";

}  // namespace drydock::scenarios
