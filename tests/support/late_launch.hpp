#pragma once

namespace drydock::test {

/// An open world of one workspace and two requests: a restart, and a DELETE while its launch is on the way, which then
/// lands on a removed workspace. The tape `w/request#2=1, w/request#4=2` sends them at 10 s and at 20 s.
inline constexpr const char* kLateLaunch = R"json({
  "format": "drydock.scenario/1", "name": "small", "title": "A late launch", "horizon": "1m",
  "calm": "2m", "workspaces": [{"id": "w"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 1, "max_requests": 2, "requests": [
    "POST /workspaces/{w}/restart", "DELETE /workspaces/{w}?confirm=true"]},
  "cases": [{"policy": "spring-2026", "expect": []}]
})json";

}  // namespace drydock::test
