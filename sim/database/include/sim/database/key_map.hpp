// An ordered map by key: a B+-tree whose nodes hold the first sixteen bytes of the keys as numbers beside each other,
// so that a search touches a few cache lines and seldom a key.
//
// Entries never move while they exist: locks and rows point to them. A position holds until an entry comes or goes.
// Nodes are split when they are full and freed when they are empty, never merged: rows that go are followed by others
// of about the same keys. Ascending keys leave full nodes behind.
//
// Invariants: all leaves are equally deep, none is empty, each knows its neighbours. An inner node names the first
// entry below each of its children; before that entry stands what is less, which is below the children before.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include <ports/assert.hpp>
#include <sim/database/key.hpp>

namespace chronofault::sim {

/// The beginning of a key. Of two that are equal the keys may differ.
struct KeyPrefix {
  KeyPrefix() = default;
  explicit KeyPrefix(std::string_view key) noexcept {
    for (std::size_t i = 0; i < 8 && i < key.size(); ++i) high |= byte(key[i]) << (56 - 8 * i);
    for (std::size_t i = 8; i < 16 && i < key.size(); ++i) low |= byte(key[i]) << (120 - 8 * i);
  }
  friend auto operator<=>(const KeyPrefix&, const KeyPrefix&) = default;

  std::uint64_t high = 0;
  std::uint64_t low = 0;

 private:
  static std::uint64_t byte(char c) noexcept { return static_cast<unsigned char>(c); }
};

template <class T>
class KeyMap {
 public:
  using value_type = std::pair<const KeyBytes, T>;

 private:
  static constexpr std::size_t fanout = 64;
  struct Inner;
  struct Node {
    explicit Node(bool leaf) : leaf(leaf) {}
    const bool leaf;
    std::size_t count = 0;
    Inner* parent = nullptr;
    std::array<KeyPrefix, fanout> prefixes{};   // of entries
    std::array<value_type*, fanout> entries{};  // leaf: owned; inner: the first below each child
  };
  struct Inner : Node {
    Inner() : Node(false) {}
    std::array<Node*, fanout> children{};
  };
  struct Leaf : Node {
    Leaf() : Node(true) {}
    Leaf* before = nullptr;
    Leaf* after = nullptr;
  };

  template <class V>
  class Position {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = KeyMap::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = V*;
    using reference = V&;

    Position() = default;
    operator Position<const V>() const noexcept { return Position<const V>(leaf_, slot_); }
    V& operator*() const noexcept { return *leaf_->entries[slot_]; }
    V* operator->() const noexcept { return leaf_->entries[slot_]; }
    Position& operator++() noexcept {
      ++slot_;
      settle();
      return *this;
    }
    Position operator++(int) noexcept { return std::exchange(*this, std::next(*this)); }
    Position& operator--() noexcept {
      if (slot_ == 0) {
        leaf_ = leaf_->before;
        slot_ = leaf_->count;
      }
      --slot_;
      return *this;
    }
    Position operator--(int) noexcept { return std::exchange(*this, std::prev(*this)); }
    friend bool operator==(const Position&, const Position&) = default;

   private:
    friend class KeyMap;
    template <class>
    friend class Position;
    Position(Leaf* leaf, std::size_t slot) : leaf_(leaf), slot_(slot) {}
    /// Behind a leaf's last entry is the next leaf's first.
    void settle() noexcept {
      if (leaf_ == nullptr || slot_ < leaf_->count || leaf_->after == nullptr) return;
      leaf_ = leaf_->after;
      slot_ = 0;
    }
    Leaf* leaf_ = nullptr;
    std::size_t slot_ = 0;
  };

 public:
  using iterator = Position<value_type>;
  using const_iterator = Position<const value_type>;

  KeyMap() = default;
  KeyMap(const KeyMap&) = delete;
  KeyMap& operator=(const KeyMap&) = delete;
  KeyMap(KeyMap&& other) noexcept
      : root_(std::exchange(other.root_, nullptr)),
        first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  ~KeyMap() { clear(); }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  iterator begin() noexcept { return iterator(first_, 0); }
  const_iterator begin() const noexcept { return const_iterator(first_, 0); }
  iterator end() noexcept { return iterator(last_, last_ == nullptr ? 0 : last_->count); }
  const_iterator end() const noexcept { return const_iterator(last_, last_ == nullptr ? 0 : last_->count); }

  /// The first entry whose key is not less.
  iterator lower_bound(std::string_view key) noexcept { return place<iterator>(key); }
  const_iterator lower_bound(std::string_view key) const noexcept { return place<const_iterator>(key); }
  iterator find(std::string_view key) noexcept {
    const iterator at = lower_bound(key);
    return at == end() || key != at->first ? end() : at;
  }
  const_iterator find(std::string_view key) const noexcept {
    const const_iterator at = lower_bound(key);
    return at == end() || key != at->first ? end() : at;
  }
  bool contains(std::string_view key) const noexcept { return find(key) != end(); }

  /// In front of `next`, which is lower_bound(key); no entry has the key.
  template <class... A>
  iterator insert(const_iterator next, KeyBytes key, A&&... arguments);
  void erase(const_iterator at);
  void clear() noexcept;

 private:
  /// Where the entries that are not less begin; all before `from` are.
  static std::size_t count_less(const Node& node, std::size_t from, const KeyPrefix& prefix,
                                std::string_view key) noexcept;
  template <class At>
  At place(std::string_view key) const noexcept;
  static std::size_t slot_of(const Inner& parent, const Node& child) noexcept;
  static void open(Node& node, std::size_t slot) noexcept;
  static void close(Node& node, std::size_t slot) noexcept;
  Node* split(Node& node, std::size_t slot);
  /// `child`: null in a leaf. Returns where it stands.
  std::pair<Node*, std::size_t> insert_into(Node& node, std::size_t slot, const KeyPrefix& prefix, value_type* entry,
                                            Node* child);
  void insert_behind(Node& left, Node& right);
  void remove_empty(Node& node) noexcept;
  void tell_first(Node& node) noexcept;
  static void free(Node* node) noexcept;

  Node* root_ = nullptr;
  Leaf* first_ = nullptr;
  Leaf* last_ = nullptr;
  std::size_t size_ = 0;
};

template <class T>
std::size_t KeyMap<T>::count_less(const Node& node, std::size_t from, const KeyPrefix& prefix,
                                  std::string_view key) noexcept {
  std::size_t to = node.count;
  while (from < to) {
    const std::size_t middle = (from + to) / 2;
    const auto order = node.prefixes[middle] <=> prefix;
    if (order < 0 || (order == 0 && node.entries[middle]->first < key)) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

template <class T>
template <class At>
At KeyMap<T>::place(std::string_view key) const noexcept {
  if (root_ == nullptr) return At();
  const KeyPrefix prefix(key);
  Node* node = root_;
  while (!node->leaf) node = static_cast<Inner*>(node)->children[count_less(*node, 1, prefix, key) - 1];
  At at(static_cast<Leaf*>(node), count_less(*node, 0, prefix, key));
  at.settle();
  return at;
}

template <class T>
std::size_t KeyMap<T>::slot_of(const Inner& parent, const Node& child) noexcept {
  std::size_t slot = 0;
  while (parent.children[slot] != &child) ++slot;
  return slot;
}

/// The slot is free afterwards; what stood there and behind it moved by one.
template <class T>
void KeyMap<T>::open(Node& node, std::size_t slot) noexcept {
  CF_ASSERT(node.count < fanout);
  const auto shift = [&](auto& array) {
    std::move_backward(array.begin() + slot, array.begin() + node.count, array.begin() + node.count + 1);
  };
  shift(node.prefixes);
  shift(node.entries);
  if (!node.leaf) shift(static_cast<Inner&>(node).children);
  ++node.count;
}

template <class T>
void KeyMap<T>::close(Node& node, std::size_t slot) noexcept {
  const auto shift = [&](auto& array) {
    std::move(array.begin() + slot + 1, array.begin() + node.count, array.begin() + slot);
  };
  shift(node.prefixes);
  shift(node.entries);
  if (!node.leaf) shift(static_cast<Inner&>(node).children);
  --node.count;
}

/// Moves what stands from the middle on into a new node behind this one. If something is to come behind all of it, the
/// new node is for that alone.
template <class T>
auto KeyMap<T>::split(Node& node, std::size_t slot) -> Node* {
  Node* right = nullptr;
  if (node.leaf) {
    auto& left_leaf = static_cast<Leaf&>(node);
    auto* const leaf = new Leaf;
    leaf->before = &left_leaf;
    leaf->after = std::exchange(left_leaf.after, leaf);
    (leaf->after == nullptr ? last_ : leaf->after->before) = leaf;
    right = leaf;
  } else {
    right = new Inner;
  }
  const std::size_t keep = slot == fanout ? fanout : fanout / 2;
  const auto hand_over = [&](const auto& from, auto& to) { std::copy(from.begin() + keep, from.end(), to.begin()); };
  hand_over(node.prefixes, right->prefixes);
  hand_over(node.entries, right->entries);
  node.count = keep;
  right->count = fanout - keep;
  if (!node.leaf) {
    auto& children = static_cast<Inner*>(right)->children;
    hand_over(static_cast<Inner&>(node).children, children);
    for (std::size_t i = 0; i < right->count; ++i) children[i]->parent = static_cast<Inner*>(right);
  }
  return right;
}

template <class T>
auto KeyMap<T>::insert_into(Node& node, std::size_t slot, const KeyPrefix& prefix, value_type* entry, Node* child)
    -> std::pair<Node*, std::size_t> {
  Node* const right = node.count < fanout ? nullptr : split(node, slot);
  Node* to = &node;
  if (slot > node.count || (slot == node.count && right != nullptr && right->count == 0)) {
    to = right;
    slot -= node.count;
  }
  open(*to, slot);
  to->prefixes[slot] = prefix;
  to->entries[slot] = entry;
  if (child != nullptr) {
    static_cast<Inner*>(to)->children[slot] = child;
    child->parent = static_cast<Inner*>(to);
  }
  if (right != nullptr) insert_behind(node, *right);
  return {to, slot};
}

template <class T>
void KeyMap<T>::insert_behind(Node& left, Node& right) {
  if (left.parent == nullptr) {
    auto* const root = new Inner;
    root_ = root;
    insert_into(*root, 0, left.prefixes[0], left.entries[0], &left);
  }
  Inner& parent = *left.parent;
  insert_into(parent, slot_of(parent, left) + 1, right.prefixes[0], right.entries[0], &right);
}

template <class T>
template <class... A>
auto KeyMap<T>::insert(const_iterator next, KeyBytes key, A&&... arguments) -> iterator {
  Leaf* leaf = next.leaf_;
  std::size_t slot = next.slot_;
  if (leaf == nullptr) {
    CF_ASSERT(root_ == nullptr);
    root_ = first_ = last_ = leaf = new Leaf;
  } else if (slot == 0 && leaf->before != nullptr) {  // no entry becomes the first below a node but in front of all
    leaf = leaf->before;
    slot = leaf->count;
  }
  const KeyPrefix prefix(key);
  auto* const entry = new value_type(std::piecewise_construct, std::forward_as_tuple(std::move(key)),
                                     std::forward_as_tuple(std::forward<A>(arguments)...));
  const auto [node, at] = insert_into(*leaf, slot, prefix, entry, nullptr);
  if (slot == 0) tell_first(*leaf);
  ++size_;
  return iterator(static_cast<Leaf*>(node), at);
}

template <class T>
void KeyMap<T>::erase(const_iterator at) {
  Leaf& leaf = *at.leaf_;
  delete leaf.entries[at.slot_];
  close(leaf, at.slot_);
  --size_;
  if (leaf.count == 0) {
    remove_empty(leaf);
  } else if (at.slot_ == 0) {
    tell_first(leaf);
  }
}

template <class T>
void KeyMap<T>::remove_empty(Node& node) noexcept {
  if (node.leaf) {
    const auto& leaf = static_cast<Leaf&>(node);
    (leaf.before == nullptr ? first_ : leaf.before->after) = leaf.after;
    (leaf.after == nullptr ? last_ : leaf.after->before) = leaf.before;
  }
  Inner* const parent = node.parent;
  if (parent == nullptr) {
    root_ = nullptr;
    return free(&node);
  }
  const std::size_t slot = slot_of(*parent, node);
  free(&node);
  close(*parent, slot);
  if (parent->count == 0) return remove_empty(*parent);
  if (slot == 0) tell_first(*parent);
  while (!root_->leaf && root_->count == 1) {
    Node* const only = static_cast<Inner*>(root_)->children[0];
    only->parent = nullptr;
    delete static_cast<Inner*>(std::exchange(root_, only));
  }
}

/// The node's first entry is another one: whoever names it learns that.
template <class T>
void KeyMap<T>::tell_first(Node& node) noexcept {
  const Node* below = &node;
  std::size_t slot = 0;
  while (slot == 0 && below->parent != nullptr) {
    Inner& parent = *below->parent;
    slot = slot_of(parent, *below);
    parent.prefixes[slot] = below->prefixes[0];
    parent.entries[slot] = below->entries[0];
    below = &parent;
  }
}

template <class T>
void KeyMap<T>::free(Node* node) noexcept {
  if (node->leaf) {
    for (std::size_t i = 0; i < node->count; ++i) delete node->entries[i];
    delete static_cast<Leaf*>(node);
    return;
  }
  auto* const inner = static_cast<Inner*>(node);
  for (std::size_t i = 0; i < inner->count; ++i) free(inner->children[i]);
  delete inner;
}

template <class T>
void KeyMap<T>::clear() noexcept {
  if (root_ != nullptr) free(root_);
  root_ = nullptr;
  first_ = last_ = nullptr;
  size_ = 0;
}

}  // namespace chronofault::sim
