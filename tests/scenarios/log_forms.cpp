#include "tests/scenarios/log_forms.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cctype>

#include "sim/time.hpp"

namespace drydock::test {
namespace {

using scenarios::Json;

std::string joined(const std::vector<Json>& all, const std::string& between, std::string (*text)(const Json&)) {
  std::string out;
  for (const Json& one : all) out += (out.empty() ? "" : between) + text(one);
  return out;
}

std::string dumped_flat(const Json& json) { return json.dump(); }

Json with_strings(const Json& record) {
  Json out = record;
  for (const char* key : {"requestParameters", "responseElements"}) {
    if (record.contains(key)) out[key] = record[key].dump();
  }
  if (record.contains("readOnly")) out["readOnly"] = record["readOnly"] == true ? "true" : "false";
  return out;
}

/// `2026-03-02T10:05:00Z` as Lake prints it: `2026-03-02 10:05:00.000`.
Json with_lake_time(Json record) {
  std::string time = record["eventTime"];
  time[10] = ' ';
  time.back() = '.';
  record["eventTime"] = time + "000";
  return record;
}

std::string small(const std::string& key) {
  std::string out;
  for (const char c : key) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string in_csv(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string{c};
  return out + "\"";
}

std::string records_file(const std::vector<Json>& all) { return Json{{"Records", all}}.dump(); }
std::string records_pretty(const std::vector<Json>& all) { return Json{{"Records", all}}.dump(2) + "\n"; }
std::string records_zcat(const std::vector<Json>& all) {
  return joined(all, "", [](const Json& one) { return Json{{"Records", {one}}}.dump(); });
}
std::string record_a_line(const std::vector<Json>& all) { return joined(all, "\n", dumped_flat) + "\n"; }
std::string records_list(const std::vector<Json>& all) { return Json(all).dump(1); }

Json looked_up(const Json& record) {
  return {
      {"EventName", record["eventName"]}, {"EventTime", 1772445900.0},       {"ReadOnly", "false"}, {"Username", "x"},
      {"Resources", Json::array()},       {"CloudTrailEvent", record.dump()}};
}
Json lookup_document(const std::vector<Json>& all) {
  Json events = Json::array();
  for (const Json& one : all) events.push_back(looked_up(one));
  return {{"Events", events}, {"NextToken", "t"}};
}
std::string lookup_compact(const std::vector<Json>& all) { return lookup_document(all).dump(); }
std::string lookup_pretty(const std::vector<Json>& all) { return lookup_document(all).dump(4) + "\n"; }
std::string lookup_lines(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) { return looked_up(one).dump(); });
}
std::string lookup_texts(const std::vector<Json>& all) {
  Json texts = Json::array();
  for (const Json& one : all) texts.push_back(one.dump());
  return texts.dump(2);
}

std::string lake_lines(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) { return with_lake_time(with_strings(one)).dump(); });
}
std::string lake_rows(const std::vector<Json>& all) {
  Json rows = Json::array();
  for (const Json& one : all) {
    Json row = Json::array();
    const Json record = with_lake_time(with_strings(one));
    for (const auto& [key, value] : record.items()) row.push_back({{key, value}});
    rows.push_back(row);
  }
  return Json{{"QueryStatus", "FINISHED"}, {"QueryResultRows", rows}}.dump(2);
}
std::string lake_event_json(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) { return Json{{"eventTime", "x"}, {"eventJson", one.dump()}}.dump(); });
}

// ---- CloudWatch Logs and EventBridge ----

/// A line of CloudWatch Logs: milliseconds, and any text.
struct Watched {
  std::int64_t ms = 0;
  std::string message;
};
Watched watched_record(const Json& record) { return {1'779'951'000'123, record.dump()}; }
Watched watched_line(const Json& one) { return {one["ns"].get<std::int64_t>() / 1'000'000, one["line"]}; }

using Watch = Watched (*)(const Json&);

Json answered(const std::vector<Json>& all, Watch watch) {
  Json events = Json::array();
  for (const Json& one : all) {
    const Watched line = watch(one);
    events.push_back({{"logStreamName", "s"},
                      {"timestamp", line.ms},
                      {"message", line.message},
                      {"ingestionTime", line.ms + 7},
                      {"eventId", "3195310660696698337880902507980421114328961542429"}});
  }
  return events;
}
Json delivered(const std::vector<Json>& all, Watch watch) {
  Json events = Json::array();
  for (const Json& one : all) {
    const Watched line = watch(one);
    events.push_back({{"id", std::to_string(events.size())}, {"timestamp", line.ms}, {"message", line.message}});
  }
  return {{"messageType", "DATA_MESSAGE"},
          {"owner", "123456789012"},
          {"logGroup", "CloudTrail"},
          {"logStream", "123456789012_CloudTrail_us-east-1"},
          {"subscriptionFilters", {"Destination"}},
          {"logEvents", events}};
}

template <Watch watch>
std::string filter_log_events(const std::vector<Json>& all) {
  return Json{{"events", answered(all, watch)}, {"searchedLogStreams", Json::array()}}.dump(4) + "\n";
}
template <Watch watch>
std::string get_log_events(const std::vector<Json>& all) {
  Json events = answered(all, watch);
  for (Json& event : events) {
    event.erase("logStreamName");
    event.erase("eventId");
  }
  return Json{{"events", events}, {"nextForwardToken", "f/1"}, {"nextBackwardToken", "b/1"}}.dump();
}
template <Watch watch>
std::string queried_events(const std::vector<Json>& all) {
  return answered(all, watch).dump(2);
}
/// Deliveries follow each other without a break, as a delivery stream writes them; one asks whether anybody is there.
template <Watch watch>
std::string subscribed(const std::vector<Json>& all) {
  const Json control{{"messageType", "CONTROL_MESSAGE"},
                     {"owner", "CloudwatchLogs"},
                     {"logEvents", {{{"id", ""}, {"timestamp", 1}, {"message", "CWL CONTROL MESSAGE"}}}}};
  const auto half = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  return delivered({all.begin(), half}, watch).dump() + control.dump() + delivered({half, all.end()}, watch).dump();
}

Json bridged(const Json& record) {
  return {{"version", "0"},
          {"id", record["eventID"].get<std::string>() + "-bridged"},
          {"detail-type", "AWS API Call via CloudTrail"},
          {"source", "aws.ec2"},
          {"time", record["eventTime"]},
          {"resources", Json::array()},
          {"detail", record}};
}
std::string bridge_lines(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) { return bridged(one).dump(); });
}
std::string bridge_list(const std::vector<Json>& all) {
  Json events = Json::array();
  for (const Json& one : all) events.push_back(bridged(one));
  return events.dump(2);
}
/// EventBridge may send its events to a log group.
std::string bridge_watched(const std::vector<Json>& all) {
  return answered(all, [](const Json& one) { return Watched{1, bridged(one).dump()}; }).dump();
}

constexpr const char* kColumns[] = {"eventTime", "eventSource",       "eventName",        "readOnly",
                                    "errorCode", "requestParameters", "responseElements", "eventID"};

std::string athena_csv(const std::vector<Json>& all) {
  std::string out;
  for (const char* column : kColumns) out += (out.empty() ? "" : ",") + in_csv(small(column));
  for (const Json& one : all) {
    const Json record = with_strings(one);
    out += "\r\n";
    for (const char* column : kColumns) {
      if (column != kColumns[0]) out += ",";
      out += record.contains(column) ? in_csv(record[column]) : "";
    }
  }
  return out + "\r\n";
}
std::string athena_json(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) {
    Json out = Json::object();
    const Json record = with_strings(one);
    for (const auto& [key, value] : record.items()) out[small(key)] = value;
    return out.dump();
  });
}

// ---- lines ----

std::int64_t ns_of(const Json& one) { return one["ns"]; }
std::string instant(const Json& one) { return sim::format_rfc3339(ns_of(one) / 1000); }
std::string text_of_line(const Json& one) { return one["line"]; }

Json streams_of(const std::vector<Json>& all, bool categorized) {
  Json streams = Json::array();
  for (const Json& one : all) {
    Json value{std::to_string(ns_of(one)), one["line"]};
    Json stream = one["labels"];
    if (categorized) {
      value.push_back({{"structuredMetadata", {{"pod", stream["pod"]}}}, {"parsed", Json::object()}});
      stream.erase("pod");
    }
    streams.push_back({{"stream", stream}, {"values", Json::array({value})}});
  }
  return streams;
}
std::string loki_answer(const std::vector<Json>& all) {
  return Json{{"status", "success"}, {"data", {{"resultType", "streams"}, {"result", streams_of(all, false)}}}}.dump();
}
std::string loki_categorized(const std::vector<Json>& all) {
  return Json{{"status", "success"},
              {"data",
               {{"resultType", "streams"},
                {"encodingFlags", {"categorize-labels"}},
                {"result", streams_of(all, true)},
                {"stats", Json::object()}}}}
      .dump(2);
}
std::string loki_tail(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) {
    return Json{{"streams", streams_of({one}, false)}, {"dropped_entries", nullptr}}.dump();
  });
}
std::string logcli_jsonl(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) {
    return Json{{"labels", one["labels"]}, {"line", one["line"]}, {"timestamp", instant(one)}}.dump();
  });
}
std::string logcli_offset(const std::vector<Json>& all) {
  return joined(all, "\n", [](const Json& one) {
    std::string time = sim::format_rfc3339(ns_of(one) / 1000 + 7'200'000'000);
    time.back() = '+';
    return Json{{"labels", one["labels"]}, {"line", one["line"]}, {"timestamp", time + "0200"}}.dump();
  });
}
std::string logcli_default(const std::vector<Json>& all) {
  return "Common labels: {app=\"tenant\"}\n" + joined(all, "\n", [](const Json& one) {
           const std::string pod = one["labels"]["pod"];
           return "\x1b[34m" + instant(one) + "\x1b[0m {pod=" + Json(pod).dump() + "}   " + text_of_line(one);
         });
}
std::string grafana_json(const std::vector<Json>& all) {
  Json rows = Json::array();
  for (const Json& one : all) {
    rows.push_back({{"line", one["line"]},
                    {"timestamp", std::to_string(ns_of(one))},
                    {"date", instant(one)},
                    {"fields", one["labels"]}});
  }
  return rows.dump(2);
}

}  // namespace

std::vector<LogForm> trail_forms() {
  return {{"a log file", records_file},
          {"a log file, pretty", records_pretty},
          {"log files after each other", records_zcat},
          {"a record a line", record_a_line},
          {"a list of records", records_list},
          {"lookup-events, compact", lookup_compact},
          {"lookup-events, pretty", lookup_pretty},
          {"lookup-events, an event a line", lookup_lines},
          {"lookup-events, the records alone", lookup_texts},
          {"Lake, a record a line", lake_lines},
          {"Lake, rows", lake_rows},
          {"Lake, eventJson", lake_event_json},
          {"Athena, CSV", athena_csv},
          {"Athena, JSON", athena_json},
          {"CloudWatch Logs, filter-log-events", filter_log_events<watched_record>},
          {"CloudWatch Logs, get-log-events", get_log_events<watched_record>},
          {"CloudWatch Logs, the events alone", queried_events<watched_record>},
          {"CloudWatch Logs, subscription", subscribed<watched_record>},
          {"EventBridge, an event a line", bridge_lines},
          {"EventBridge, a list", bridge_list},
          {"EventBridge in CloudWatch Logs", bridge_watched}};
}

std::vector<LogForm> line_forms() {
  return {{"Loki", loki_answer},
          {"Loki, categorized", loki_categorized},
          {"Loki, tail", loki_tail},
          {"logcli, jsonl", logcli_jsonl},
          {"logcli, an offset without a colon", logcli_offset},
          {"logcli, default", logcli_default},
          {"Grafana, JSON", grafana_json},
          {"CloudWatch Logs, filter-log-events", filter_log_events<watched_line>},
          {"CloudWatch Logs, get-log-events", get_log_events<watched_line>},
          {"CloudWatch Logs, the events alone", queried_events<watched_line>},
          {"CloudWatch Logs, subscription", subscribed<watched_line>}};
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace drydock::test
