// Who dies when transactions wait in a circle (database 3.7). The waits-for graph of InnoDB has one edge per waiter, to
// the first transaction in its way, so the search is a walk, and the server walks as R. P. Brent's algorithm does.
// Where the walk closes the circle decides ties, so it is done here step by step as there; a cycle finder of a library
// would find the same circle and start counting elsewhere.
#include "locks.hpp"

namespace chronofault::sim::innodb {

namespace {

/// The member of the circle at which tortoise and hare meet; null: the walk ends.
InnodbTransaction* meeting_point(InnodbTransaction& start) {
  InnodbTransaction* tortoise = &start;
  InnodbTransaction* hare = &start;
  for (std::size_t power = 1, length = 1;; ++length) {
    hare = hare->waits_for;
    if (hare == nullptr) return nullptr;
    if (hare == tortoise) return hare;
    if (length == power) {
      power *= 2;
      length = 0;
      tortoise = hare;
    }
  }
}

}  // namespace

void LockSystem::resolve(InnodbTransaction& start) {
  InnodbTransaction* const meeting = meeting_point(start);
  if (meeting == nullptr) return;
  const auto key = [&](const InnodbTransaction& t) { return 2 * t.weight() + (&t != &start ? 1 : 0); };
  InnodbTransaction* victim = meeting->waits_for;
  for (InnodbTransaction* t = victim->waits_for; t != meeting->waits_for; t = t->waits_for) {
    if (key(*t) < key(*victim)) victim = t;
  }
  Index& index = *victim->request->index;
  remove(*victim->request);
  if (victim == requesting_) {
    requester_died_ = true;
  } else {
    ended_.push_back(WaitEnd{victim->session, db::ErrorClass::deadlock});
  }
  regrant(index, nullptr, true);
}

void LockSystem::check_others() {
  while (!to_check_.empty()) {
    InnodbTransaction* next = to_check_.front();
    to_check_.erase(to_check_.begin());
    resolve(*next);
  }
}

}  // namespace chronofault::sim::innodb
