// A doubly linked intrusive list. A hook leaves its list when it dies; a list must be empty when it dies, so a waiter
// that outlives what it waits for is found at once.
#pragma once

#include <ports/assert.hpp>

namespace chronofault {

class Hook {
 public:
  explicit Hook(void* owner) : owner_(owner) {}
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;
  ~Hook() { unlink(); }

  bool linked() const noexcept { return next_ != nullptr; }
  void unlink() noexcept {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T>
  friend class List;
  void* owner_;
  Hook* next_ = nullptr;
  Hook* previous_ = nullptr;
};

template <class T>
class List {
 public:
  List() : head_(nullptr) { head_.next_ = head_.previous_ = &head_; }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() {
    CF_ASSERT(empty());
    head_.next_ = head_.previous_ = nullptr;
  }

  bool empty() const noexcept { return head_.next_ == &head_; }
  T* front() const noexcept { return empty() ? nullptr : static_cast<T*>(head_.next_->owner_); }
  T* back() const noexcept { return empty() ? nullptr : static_cast<T*>(head_.previous_->owner_); }
  void push_back(Hook& hook) noexcept { insert_before(head_, hook); }
  void push_front(Hook& hook) noexcept { insert_before(*head_.next_, hook); }

  T* pop_front() noexcept {
    if (empty()) return nullptr;
    T* first = front();
    head_.next_->unlink();
    return first;
  }

  /// Visits front to back; the visited element may unlink itself.
  template <class F>
  void for_each(F visit) {
    for (Hook* h = head_.next_; h != &head_;) {
      Hook* next = h->next_;
      visit(*static_cast<T*>(h->owner_));
      h = next;
    }
  }

  /// The element after `hook`, which must be in this list; null at the end.
  T* after(const Hook& hook) const noexcept {
    return hook.next_ == &head_ ? nullptr : static_cast<T*>(hook.next_->owner_);
  }

 private:
  void insert_before(Hook& where, Hook& hook) noexcept {
    CF_ASSERT(!hook.linked());
    hook.previous_ = where.previous_;
    hook.next_ = &where;
    where.previous_->next_ = &hook;
    where.previous_ = &hook;
  }

  Hook head_;
};

}  // namespace chronofault
