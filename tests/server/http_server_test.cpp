#include "server/http_server.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/raw_client.hpp"

namespace drydock::server {
namespace {

using cloud::query::Answer;
using cloud::query::Ending;
using cloud::query::Request;
using test::Heard;
using test::RawClient;

Answer answer_of(std::string body, Ending ending = Ending::whole) {
  return {.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(body), .ending = ending};
}

/// Echoes what it was asked.
Answer echo(const Request& request) { return answer_of(request.method + " " + request.target + " " + request.body); }

Heard ask_for(Ending ending) {
  HttpServer server({}, [ending](const Request&) { return answer_of("0123456789", ending); });
  const RawClient client(server.port());
  client.post("x", false);
  return client.hear(ending == Ending::silent || ending == Ending::whole ? 300 : 5000);
}

TEST(HttpServer, AnswersInOnePiece) {
  const Heard heard = ask_for(Ending::whole);
  EXPECT_EQ(test::body_of(heard.text), "0123456789");
  EXPECT_TRUE(heard.silent) << "the connection is kept";
  EXPECT_NE(heard.text.find("HTTP/1.1 200 OK"), std::string::npos) << heard.text;
  EXPECT_EQ(heard.text.find("Date:"), std::string::npos) << "JS v3 would sign with the server's clock";
}

TEST(HttpServer, ClosesWithoutAByte) {
  const Heard heard = ask_for(Ending::closed);
  EXPECT_EQ(heard.text, "");
  EXPECT_FALSE(heard.reset || heard.silent);
}

TEST(HttpServer, ResetsWithoutAByte) {
  const Heard heard = ask_for(Ending::reset);
  EXPECT_EQ(heard.text, "");
  EXPECT_TRUE(heard.reset);
}

TEST(HttpServer, CutsTheBodyShort) {
  const Heard heard = ask_for(Ending::cut);
  EXPECT_EQ(test::body_of(heard.text), "01234");
  EXPECT_NE(heard.text.find("Content-Length: 10"), std::string::npos) << heard.text;
  EXPECT_FALSE(heard.reset || heard.silent);
}

TEST(HttpServer, StaysSilent) {
  const Heard heard = ask_for(Ending::silent);
  EXPECT_EQ(heard.text, "");
  EXPECT_TRUE(heard.silent);
}

TEST(HttpServer, EndsWhileAClientWaitsForWhatNeverComes) {
  auto server = std::make_unique<HttpServer>(Listen{}, [](const Request&) { return answer_of("", Ending::silent); });
  const RawClient client(server->port());
  client.post("x", false);
  server.reset();
  EXPECT_FALSE(client.hear().silent);
}

TEST(HttpServer, TakesEveryMethodAndPath) {
  HttpServer server({}, echo);
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const RawClient client(server.port());
    client.send(method + " /a%0Ab/../c?d=e%20f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(test::body_of(client.hear().text), method + " /a%0Ab/../c?d=e%20f ") << method;
  }
}

TEST(HttpServer, TakesFormsThatAreLongerThanEightKibibytes) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  const std::string body(40'000, 'a');
  client.post(body);
  EXPECT_EQ(test::body_of(client.hear().text), "POST / " + body);
}

TEST(HttpServer, TakesChunkedBodies) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / abcde");
}

TEST(HttpServer, RefusesABodyOverTheLimit) {
  HttpServer server({.longest_body = 100}, echo);
  const RawClient client(server.port());
  client.post(std::string(101, 'a'));
  const Heard heard = client.hear();
  EXPECT_NE(heard.text.find("HTTP/1.1 413"), std::string::npos) << heard.text;
  EXPECT_NE(heard.text.find("<Code>RequestEntityTooLarge</Code>"), std::string::npos) << heard.text;
  EXPECT_NE(heard.text.find("Connection: close"), std::string::npos) << heard.text;
}

TEST(HttpServer, RefusesChunksOverTheLimit) {
  HttpServer server({.longest_body = 100}, echo);
  const RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) client.send("40\r\n" + std::string(64, 'a') + "\r\n");
  const Heard heard = client.hear();
  EXPECT_NE(heard.text.find("HTTP/1.1 413"), std::string::npos) << heard.text;
  EXPECT_FALSE(heard.silent) << "the connection is closed";
}

// To close the socket before the body was read would reset it, and a client that still sends would hear no answer.
TEST(HttpServer, HearsAClientOutWhoseBodyItRefuses) {
  HttpServer server({.longest_body = 100}, echo);
  for (int i = 0; i < 10; ++i) {
    const RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int chunk = 0; chunk < 64; ++chunk)
      ASSERT_TRUE(client.send("10000\r\n" + std::string(0x10000, 'a') + "\r\n")) << chunk;
    EXPECT_TRUE(client.send("0\r\n\r\n"));
    client.end_sending();
    const Heard heard = client.hear();
    EXPECT_NE(heard.text.find("HTTP/1.1 413"), std::string::npos) << heard.text;
    EXPECT_FALSE(heard.reset);
  }
}

// cpp-httplib leaves the body of a GET unread, and what is behind it is no request.
TEST(HttpServer, ClosesAfterAGetThatHasABody) {
  HttpServer server({}, echo);
  for (const char* method : {"GET", "OPTIONS"}) {
    const RawClient client(server.port());
    client.send(std::string{method} + " /x HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\nGET /y HTTP/1.1\r\n\r\n");
    const Heard heard = client.hear();
    EXPECT_EQ(test::body_of(heard.text), std::string{method} + " /x ") << heard.text;
    EXPECT_NE(heard.text.find("Connection: close"), std::string::npos) << heard.text;
    EXPECT_FALSE(heard.silent || heard.reset);
  }
}

TEST(HttpServer, ResetsAfterAGetThatHasABodyToo) {
  HttpServer server({}, [](const Request&) { return answer_of("0123456789", Ending::reset); });
  const RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
  EXPECT_TRUE(client.hear().reset);
}

// curl and Ansible's HTTP ask first whether a longer body is welcome, and wait for the answer.
TEST(HttpServer, SaysThatABodyIsWelcome) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const std::string first = client.hear(300).text;
  EXPECT_NE(first.find("HTTP/1.1 100 Continue"), std::string::npos) << first;
  client.send("ab");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / ab");
}

TEST(HttpServer, RefusesWhatIsNoHttp) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  client.send("what\r\n\r\n");
  EXPECT_NE(client.hear().text.find("HTTP/1.1 400"), std::string::npos);
}

TEST(HttpServer, AnswersAnErrorWithoutABodyAsItIs) {
  HttpServer server({}, [](const Request&) { return Answer{.status = 503, .headers = {}, .body = {}}; });
  const RawClient client(server.port());
  client.post("x");
  const Heard heard = client.hear();
  EXPECT_NE(heard.text.find("HTTP/1.1 503"), std::string::npos) << heard.text;
  EXPECT_EQ(test::body_of(heard.text), "");
}

TEST(HttpServer, AnswersRequestsThatCameTogether) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n";
  client.send(request + "a" + request + "b");
  const std::string heard = client.hear(300).text;
  EXPECT_NE(heard.find("POST / a"), std::string::npos) << heard;
  EXPECT_NE(heard.find("POST / b"), std::string::npos) << heard;
}

// Nobody waits for connections that say nothing, or half a request.
TEST(HttpServer, ServesBesideHalfOpenConnections) {
  HttpServer server({}, echo);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) idle.back()->send("POST / HTTP/1.1\r\nContent-Le");
  }
  const RawClient client(server.port());
  client.post("x");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / x");
}

// As a client's process that is being started does for a moment.
TEST(HttpServer, ForgetsAConnectionThatAnotherProcessHoldsOpen) {
  HttpServer server({}, echo);
  const RawClient client(server.port());
  client.post("x", false);
  EXPECT_EQ(test::body_of(client.hear_one().text), "POST / x");
  const pid_t holder = fork();
  if (holder == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // else it outlives a test that crashes
    pause();
    _exit(0);
  }
  client.post("y");
  EXPECT_EQ(test::body_of(client.hear_one().text), "POST / y");
  client.send("who hears this?");
  for (int i = 0; i < 20; ++i) {
    const RawClient other(server.port());
    other.post("z");
    EXPECT_EQ(test::body_of(other.hear().text), "POST / z");
  }
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
}

TEST(HttpServer, ServesFiveHundredClientsAtOnce) {
  std::atomic<int> served = 0;
  HttpServer server({}, [&served](const Request& request) {
    ++served;
    return echo(request);
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 500; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (const auto& client : clients) client->post("x");
  for (const auto& client : clients) EXPECT_EQ(test::body_of(client->hear().text), "POST / x");
  EXPECT_EQ(served, 500);
}

// The answer to one client comes when another has been answered.
TEST(HttpServer, AnswersOthersWhileAnAnswerTakesLong) {
  std::latch other_answered(1);
  HttpServer server(
      {},
      [&other_answered](const Request& request) {
        if (request.target == "/slow") other_answered.wait();
        return echo(request);
      },
      [](const Request& request) { return request.target == "/slow"; });
  const RawClient slow(server.port());
  slow.post("x", false, "/slow");
  const RawClient quick(server.port());
  for (int i = 0; i < 3; ++i) {
    quick.post("y", false);
    EXPECT_EQ(test::body_of(quick.hear(200).text), "POST / y");
  }
  other_answered.count_down();
  EXPECT_EQ(test::body_of(slow.hear(500).text), "POST /slow x");
  slow.post("again", true);
  EXPECT_EQ(test::body_of(slow.hear().text), "POST / again") << "the connection is waited for as before";
}

TEST(HttpServer, AnswersOthersWhileAClientTakesNothing) {
  const std::string large(32 << 20, 'x');
  HttpServer server(
      {}, [&large](const Request& request) { return request.target == "/large" ? answer_of(large) : echo(request); });
  const RawClient idle(server.port());
  idle.post("x", false, "/large");
  const RawClient client(server.port());
  client.post("y");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / y");
  EXPECT_EQ(test::body_of(idle.hear(500).text).size(), large.size());
}

TEST(HttpServer, AnswersOthersWhileOneIsMetWithSilence) {
  HttpServer server({}, [](const Request& request) {
    return request.target == "/silent" ? answer_of("", Ending::silent) : echo(request);
  });
  const RawClient silent(server.port());
  silent.post("x", false, "/silent");
  const RawClient client(server.port());
  client.post("y");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / y");
}

// One that sends its requests without waiting for answers does not keep others from theirs.
TEST(HttpServer, TakesTurnsBetweenClients) {
  std::atomic<bool> over = false;
  std::atomic<int> served = 0;
  HttpServer server({}, [&](const Request& request) {
    ++served;
    return echo(request);
  });
  const RawClient eager(server.port());
  std::thread asking([&] {
    const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na";
    std::string many;
    for (int i = 0; i < 1000; ++i) many += request;
    while (!over) eager.send(many);
  });
  std::thread reading([&] {
    while (!over) static_cast<void>(eager.hear(50));
  });
  while (served < 100) std::this_thread::yield();
  const RawClient client(server.port());
  client.post("y");
  EXPECT_EQ(test::body_of(client.hear().text), "POST / y");
  over = true;
  eager.shut();
  asking.join();
  reading.join();
}

TEST(HttpServer, LetsClientsBeyondTheBoundWait) {
  HttpServer server({.connections = 2}, echo);
  RawClient first(server.port());
  const RawClient second(server.port());
  first.post("1", false);
  second.post("2", false);
  EXPECT_EQ(test::body_of(first.hear(300).text), "POST / 1");
  EXPECT_EQ(test::body_of(second.hear(300).text), "POST / 2");
  const RawClient third(server.port());
  third.post("3");
  EXPECT_TRUE(third.hear(300).silent);
  first.hang_up();
  EXPECT_EQ(test::body_of(third.hear().text), "POST / 3");
}

TEST(HttpServer, EndsConnectionsThatAreIdleForTooLong) {
  HttpServer server({.idle = std::chrono::milliseconds{200}}, echo);
  const RawClient idle(server.port());
  EXPECT_FALSE(idle.hear().silent);
  const RawClient client(server.port());
  for (int i = 0; i < 4; ++i) {
    client.post("x", false);
    EXPECT_EQ(test::body_of(client.hear(100).text), "POST / x");
  }
}

TEST(HttpServer, SaysWhereItCannotListen) {
  const HttpServer first({}, echo);
  EXPECT_THROW(HttpServer({.port = first.port()}, echo), std::runtime_error);
  EXPECT_THROW(HttpServer({.host = "no such host", .port = 1}, echo), std::runtime_error);
}

}  // namespace
}  // namespace drydock::server
