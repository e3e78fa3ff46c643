#include <sim/database/messages.hpp>

namespace chronofault::sim {

namespace {

constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t v) noexcept {
  h = (h ^ v) * 0x9e37'79b9'7f4a'7c15u;
  return h ^ (h >> 31);
}

std::uint64_t mix(std::uint64_t h, const std::optional<Duration>& d) noexcept {
  return mix(h, d ? static_cast<std::uint64_t>(d->count_us()) : ~std::uint64_t{0});
}

}  // namespace

std::string_view name_of(DatabaseCommand command) noexcept {
  switch (command) {
    case DatabaseCommand::connect:
      return "connect";
    case DatabaseCommand::begin:
      return "begin";
    case DatabaseCommand::commit:
      return "commit";
    case DatabaseCommand::rollback:
      return "rollback";
    case DatabaseCommand::reset:
      return "reset";
    case DatabaseCommand::ping:
      return "ping";
    case DatabaseCommand::execute:
      return "execute";
    case DatabaseCommand::replicate:
      return "replicate";
  }
  return "";
}

std::uint64_t StatementRequest::hash() const noexcept {
  std::uint64_t h = mix(hash_of(kind), static_cast<std::uint64_t>(command));
  h = mix(h, isolation ? static_cast<std::uint64_t>(*isolation) + 1 : 0);
  h = mix(mix(h, lock_wait_timeout), statement_timeout);
  if (command == DatabaseCommand::replicate) h = mix(h, position);
  return statement ? mix(h, db::hash_of(*statement)) : h;
}

std::uint64_t ReplicatedCommit::hash() const noexcept {
  std::uint64_t h = mix(hash_of(kind), entry.position);
  for (const RowImage& row : *entry.rows) {
    h = mix(h, hash_of(row.table));
    for (const Value& value : row.key) h = mix(h, hash_of(value));
    h = mix(h, row.image ? row.image->hash() : 0);
  }
  return h;
}

std::uint64_t StatementResult::hash() const noexcept {
  std::uint64_t h = mix(hash_of(kind), static_cast<std::uint64_t>(answer.error));
  if (answer.error != db::ErrorClass::none) return mix(h, hash_of(std::string_view(answer.what)));
  h = mix(h, static_cast<std::uint64_t>(answer.result.count));
  h = mix(h, static_cast<std::uint64_t>(answer.result.generated_id.value_or(-1)));
  for (const db::Row& row : answer.result.rows) h = mix(h, row.hash());
  return h;
}

std::string StatementResult::rows_text() const {
  std::string text;
  for (const db::Row& row : answer.result.rows) {
    text += text.empty() ? "{" : ", {";
    for (std::size_t i = 0; i < row.columns().size(); ++i) {
      if (i != 0) text += ", ";
      text += row.columns()[i] + "=" + to_string(row.values()[i]);
    }
    text += "}";
  }
  return text;
}

}  // namespace chronofault::sim
