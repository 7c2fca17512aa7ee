#include "sim/cloud/query/http.hpp"

#include <algorithm>
#include <utility>

#include "sim/cloud/query/errors.hpp"

namespace drydock::cloud::query {

const std::string* find_header(const Request& request, std::string_view name) {
  const auto same = [](char x, char y) { return (x | 32) == (y | 32); };
  const auto found = std::find_if(request.headers.begin(), request.headers.end(), [&](const Header& header) {
    return std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(), same);
  });
  return found == request.headers.end() ? nullptr : &found->second;
}

std::string_view region_of_scope(std::string_view scope) {
  for (int part = 0; part < 2; ++part) {
    const std::size_t slash = scope.find('/');
    if (slash == std::string_view::npos) return {};
    scope.remove_prefix(slash + 1);
  }
  return scope.substr(0, scope.find('/'));
}

std::string_view region_of_authorization(std::string_view authorization) {
  constexpr std::string_view credential = "Credential=";
  const std::size_t at = authorization.find(credential);
  if (at == std::string_view::npos) return {};
  const std::string_view scope = authorization.substr(at + credential.size());
  return region_of_scope(scope.substr(0, scope.find(',')));
}

Answer xml_answer(int status, Document& document, const std::string& request_id) {
  Answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", "text/xml;charset=UTF-8"}, {"x-amzn-RequestId", request_id}};
  answer.body = document.finish();
  return answer;
}

Answer error_document(const Error& error, std::string_view action, const std::string& request_id) {
  Document document;
  Element response = document.root("Response");
  Element element = response.child("Errors").child("Error");
  element.text("Code", error.code);
  element.text("Message", ec2_message(error, action));
  response.text("RequestID", request_id);
  return xml_answer(error.http, document, request_id);
}

Answer json_answer(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body),
          .ending = Ending::whole};
}

}  // namespace drydock::cloud::query
