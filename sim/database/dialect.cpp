#include "dialect.hpp"

#include <ports/assert.hpp>

namespace chronofault::sim {

Task<> DialectEngine::run(StatementRun* run) {
  statement_begins(*run);
  switch (db::kind_of(run->statement())) {
    case db::StatementKind::select:
      return select(run);
    case db::StatementKind::insert:
      return insert(run);
    case db::StatementKind::update:
      return update(run);
    case db::StatementKind::upsert:
      return upsert(run);
    case db::StatementKind::remove:
      return remove(run);
  }
  CF_ASSERT(false);
}

}  // namespace chronofault::sim
