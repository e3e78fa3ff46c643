// The program of one PowerJob server (powerjob 1): composes the parts, starts them in upstream's order, and hands what
// arrives to them. Lost at its end: timers, worker tables, caches, local locks.
#pragma once

#include <memory>

#include <ports/system.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class Server final : public Program {
 public:
  Server(Ports& ports, ServerConfig config);
  ~Server() override;
  Task<> main() override;

 private:
  struct Parts;
  Task<> shut_down();
  Task<> save_declared();
  Task<> receive_messages();
  Task<> receive_http();
  Task<> handle_http(Delivery request);
  Task<std::string> answer(const Body* request);

  ServerContext context_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Listener> actors_;
  std::unique_ptr<Listener> http_;
};

}  // namespace chronofault::powerjob
