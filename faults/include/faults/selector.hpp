// Whom a fault means. A selector is data: it is read from a scenario, checked against the cluster when all of it is
// static, and otherwise resolved by the injector at the instant at which the fault strikes (DESIGN: scenario format).
//
//   lz                                name of a process or of a host (an error if it is both)
//   {host: lz.host}  {process: lz}    one kind of name
//   {zone: LZ}                        every host of the zone (every process, where a process is meant)
//   {role: server}  {app: monkey}     every process of the role; every process whose own key `app` is that
//   {pool: {process: lz, name: work}} a thread pool of a process
//   {message: {kind: Ping.reply, from: lz, to: xz, nth: 3}}
//   {table: app_info}                 statements on a table
//   {database: primary}  {database: 2}  {zookeeper: leader}  {zookeeper: 2}
//   {owner: monkey}                   the system's own selectors
//   {one_of: S}  {all: S}  {any_two_of: S}   S: a list of selectors, or one that means several
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chronofault::faults {

struct Selector;

/// Messages of a kind on their way. `from` and `to` hold no selector (anybody) or one.
struct MessageMatch {
  std::string kind;    // "Ping"; empty: any message
  bool reply = false;  // the reply to `kind`: "Ping.reply"
  std::vector<Selector> from;
  std::vector<Selector> to;

  /// "Ping.reply".
  std::string kind_text() const { return reply ? kind + ".reply" : kind; }
  friend bool operator==(const MessageMatch&, const MessageMatch&);
};

struct Selector {
  enum class Kind : std::uint8_t {
    name,        // text: a process or a host
    host,        // text
    process,     // text
    zone,        // text
    role,        // text: Role::name
    app,         // text: value of the role's own key `app`
    pool,        // parts[0]: processes; text: the pool's name
    message,     // message; nth: 0 all, else the nth match counted from the fault's begin
    table,       // text
    database,    // text: "primary", "replica" (all of them), or the number of a server, from 1
    zookeeper,   // text: "leader", "follower", or the number of a server, from 1
    system,      // key, text: SelectorInfo of the system
    one_of,      // parts: one of them, drawn; static ones are drawn when the plan is made
    all,         // parts: all of them
    any_two_of,  // parts: two different ones, drawn like one_of
  };

  Selector() = default;
  Selector(Kind kind, std::string text) : kind(kind), text(std::move(text)) {}
  static Selector named(std::string name) { return Selector(Kind::name, std::move(name)); }

  Kind kind = Kind::name;
  std::string key;  // system only
  std::string text;
  std::vector<Selector> parts;
  MessageMatch message;
  int nth = 0;

  /// True if what it means is fixed by the scenario alone: checked when the file is read. Otherwise state decides
  /// (leaders, owners, draws among such) and it is resolved when the fault strikes.
  bool is_static() const;

  friend bool operator==(const Selector&, const Selector&);
};

/// The key under which a scenario writes the kind ("any_two_of"); empty for `name` and `system`.
std::string_view key_of(Selector::Kind kind);

/// As a scenario writes it, on one line: "lz", "{owner: monkey}", "{message: {kind: Ping.reply, from: lz}}".
std::string to_string(const Selector& selector);
std::string to_string(const MessageMatch& match);

/// A scalar of YAML, quoted if it would not read back as the same text.
std::string quoted(std::string_view text);

}  // namespace chronofault::faults
