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
          {"Athena, JSON", athena_json}};
}

std::vector<LogForm> line_forms() {
  return {{"Loki", loki_answer},
          {"Loki, categorized", loki_categorized},
          {"Loki, tail", loki_tail},
          {"logcli, jsonl", logcli_jsonl},
          {"logcli, an offset without a colon", logcli_offset},
          {"logcli, default", logcli_default},
          {"Grafana, JSON", grafana_json}};
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
