#include "zookeeper_link.hpp"

namespace chronofault::verify {

ZooKeeperLink::ZooKeeperLink(Ports& ports, int port, Address server)
    : ports_(ports), server_(std::move(server)), listener_(ports.network.listen(port)), scope_(ports.executor) {
  scope_.spawn("link", accept());
}

void ZooKeeperLink::cut() {
  up_ = false;
  for (const Ends& ends : open_) {
    ends.first->close();
    ends.second->close();
  }
  open_.clear();
}

Task<> ZooKeeperLink::accept() {
  while (true) {
    std::shared_ptr<Connection> client = co_await listener_->accepted().receive();
    if (up_) {
      scope_.spawn("link-forward", forward(std::move(client)));
    } else {
      client->close();
    }
  }
}

Task<> ZooKeeperLink::forward(std::shared_ptr<Connection> client) {
  std::shared_ptr<Connection> server = co_await ports_.network.connect(server_, Duration::seconds(1));
  open_.emplace_back(client, server);
  if (!up_) cut();
  scope_.spawn("link-up", pump(client, server));
  scope_.spawn("link-down", pump(server, client));
}

Task<> ZooKeeperLink::pump(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to) {
  try {
    while (true) {
      Connection::Received received = co_await from->receive();
      to->send(std::move(received.body));
    }
  } catch (const NetworkError&) {
  }
  from->close();
  to->close();
}

}  // namespace chronofault::verify
